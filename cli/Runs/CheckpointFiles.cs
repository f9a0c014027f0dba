using System.Globalization;
using ScratchNet.Engine.Files;
using ScratchNet.Training;

namespace ScratchNet.Cli.Runs;

/// <summary>
/// The last checkpoints of a run: the newest as <c>checkpoint.safetensors</c>, those before it as
/// <c>checkpoint.step-N.safetensors</c>. A new one is written beside them before any of them is touched, so that at every moment
/// a whole one can be found.
/// </summary>
/// <param name="newest">The path of the newest.</param>
/// <param name="keep">How many to keep, at least 1.</param>
internal sealed class CheckpointFiles(string newest, int keep)
{
    /// <summary>How many are kept unless somebody asks for another number.</summary>
    public const int DefaultKeep = 2;

    private const string Extension = ".safetensors";
    private const string StepMark = ".step-";
    private const string NextMark = ".next";

    /// <summary>The step of the newest one that belongs to this run; null while there is none.</summary>
    public long? NewestStep { get; private set; }

    /// <summary>Goes on after a checkpoint that was read.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    public void GoOn(Checkpoint checkpoint) => NewestStep = checkpoint.Path == newest ? checkpoint.Step : null;

    /// <summary>Removes what a finished run has left in the same place: going on must never lead back to that one.</summary>
    public void BeginAnew()
    {
        File.Delete(newest);
        Older(newest).ForEach(File.Delete);
    }

    /// <summary>Where the next one is to be written: beside the newest, if that is kept until the next one is whole.</summary>
    public string Next => keep == 1 || NewestStep is null ? newest : Beside(newest, NextMark);

    /// <summary>Saves one, and removes those that are too many.</summary>
    /// <param name="step">The step that it is of.</param>
    /// <param name="write">Writes it to <see cref="Next"/>; replaces whole or not at all.</param>
    /// <exception cref="IOException">It cannot be written. All others stand.</exception>
    public void Save(long step, Action<string> write)
    {
        var next = Next;
        write(next);
        if (next != newest)
        {
            var before = NewestStep!.Value.ToString(CultureInfo.InvariantCulture);
            File.Move(newest, Beside(newest, StepMark + before), overwrite: true);
            File.Move(next, newest);
        }

        NewestStep = step;

        // Those of later steps are of a future that a run from an older checkpoint has left.
        var older = Older(newest);
        var kept = older.Where(path => !(StepOf(Path.GetFileName(path)) >= step)).Take(keep - 1);
        older.Except(kept).ToList().ForEach(File.Delete);
    }

    /// <summary>Reads the newest checkpoint that is whole.</summary>
    /// <param name="path">The one to begin with; when it is damaged, those before it are tried.</param>
    /// <param name="warn">Told in a line when that happens.</param>
    /// <exception cref="ModelFileException">There is none that is whole; the message is about the first.</exception>
    public static Checkpoint Read(string path, Action<string> warn)
    {
        try
        {
            return Checkpoint.Read(path);
        }
        catch (ModelFileException exception)
        {
            foreach (var older in Older(path))
            {
                if (TryRead(older) is { } checkpoint)
                {
                    warn($"{exception.Message} The checkpoint before it is used instead: {older}, step {checkpoint.Step}.");
                    return checkpoint;
                }
            }

            throw;
        }
    }

    /// <summary>Whether there are checkpoints of a run, be the newest missing.</summary>
    public static bool Exist(string newest) => File.Exists(newest) || Older(newest).Count > 0;

    /// <summary>The highest step among the checkpoints before the newest; 0 while there are none.</summary>
    public static long NewestOlder(string newest) =>
        Older(newest).Select(path => StepOf(Path.GetFileName(path))).Max() ?? 0;

    /// <summary>The newest checkpoint's name for any of them: <c>a/checkpoint.step-9.safetensors</c> is one of
    /// <c>a/checkpoint.safetensors</c>.</summary>
    public static string NewestOf(string path)
    {
        var name = Path.GetFileName(path);
        return StepOf(name) is null
            ? path
            : Path.Combine(
                Path.GetDirectoryName(path)!, name[..name.LastIndexOf(StepMark, StringComparison.Ordinal)] + Extension);
    }

    /// <summary>Those before a checkpoint, newest first; one whose name was about to be changed when the run was killed is the
    /// first.</summary>
    private static List<string> Older(string path)
    {
        var newest = NewestOf(path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(newest))!;
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var pattern = Path.GetFileName(Beside(newest, StepMark + "*"));
        var below = StepOf(Path.GetFileName(path)) ?? long.MaxValue;
        var steps = Directory.GetFiles(folder, pattern)
            .Select(file => (
                Path: Path.Combine(Path.GetDirectoryName(newest)!, Path.GetFileName(file)), Step: StepOf(Path.GetFileName(file))))
            .Where(file => file.Step < below).OrderByDescending(file => file.Step).Select(file => file.Path);
        var next = Beside(newest, NextMark);
        return [.. path == newest && File.Exists(next) ? [next] : Array.Empty<string>(), .. steps];
    }

    private static string Beside(string newest, string mark) => Path.ChangeExtension(newest, mark + Extension);

    private static long? StepOf(string name)
    {
        var mark = name.LastIndexOf(StepMark, StringComparison.Ordinal);
        return mark >= 0 && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(
                name[(mark + StepMark.Length)..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? step
            : null;
    }

    private static Checkpoint? TryRead(string path)
    {
        try
        {
            return Checkpoint.Read(path);
        }
        catch (ModelFileException)
        {
            return null;
        }
    }
}
