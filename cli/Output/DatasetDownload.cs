using ScratchNet.Training.Data;
using Spectre.Console;

namespace ScratchNet.Cli.Output;

/// <summary>Downloads a data set and shows how far it is: bars on a terminal, a line a file elsewhere.</summary>
internal static class DatasetDownload
{
    /// <summary>Downloads what is missing of a set.</summary>
    public static void Run(DatasetEntry entry, string folder, Terminal terminal, CancellationToken cancellation)
    {
        using var downloader = new DatasetDownloader();
        if (terminal.IsLive)
        {
            LiveDisplay.Progress(LiveDisplay.Console(terminal), new TaskDescriptionColumn(), new ProgressBarColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(), new RemainingTimeColumn()).Start(context =>
                Fetch(new Bars(context)));
        }
        else
        {
            Fetch(new Lines(terminal));
        }

        void Fetch(IProgress<DownloadProgress> progress) =>
            downloader.FetchAsync(entry, folder, progress, cancellation).GetAwaiter().GetResult();
    }

    /// <summary>Downloads all of a set beside what is there, which it then replaces.</summary>
    public static void Renew(DatasetEntry entry, string folder, Terminal terminal, CancellationToken cancellation)
    {
        var fresh = folder + ".new";
        Run(entry, fresh, terminal, cancellation);
        Directory.CreateDirectory(folder);
        foreach (var file in entry.Files)
        {
            // An older copy under another spelling, an ungzipped one for instance, would be found before the new one.
            var arrived = IdxFolder.Spellings(fresh, file.Name).First(File.Exists);
            var target = Path.Combine(folder, Path.GetFileName(arrived));
            File.Move(arrived, target, overwrite: true);
            foreach (var older in IdxFolder.Spellings(folder, file.Name).Where(path => path != target))
            {
                File.Delete(older);
            }
        }

        Directory.Delete(fresh, recursive: true);
    }

    private sealed class Bars(ProgressContext context) : IProgress<DownloadProgress>
    {
        private readonly Dictionary<string, ProgressTask> _bars = [];

        public void Report(DownloadProgress value)
        {
            if (!_bars.TryGetValue(value.File, out var bar))
            {
                _bars[value.File] = bar = context.AddTask(Markup.Escape(value.File));
            }

            bar.IsIndeterminate = value.Total is null;
            bar.MaxValue = value.Total ?? 1;
            bar.Value = value.Total is null ? 0 : value.Bytes;
        }
    }

    private sealed class Lines(Terminal terminal) : IProgress<DownloadProgress>
    {
        private (string File, string Mirror) _last;

        public void Report(DownloadProgress value)
        {
            if (_last != (value.File, value.Mirror))
            {
                _last = (value.File, value.Mirror);
                terminal.Error.WriteLine($"downloading {value.File} from {value.Mirror}");
            }
        }
    }
}
