using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>The run as files to download.</summary>
internal sealed class TrainExport(TrainSession session)
{
    /// <summary>The model.</summary>
    public (string Name, byte[] Bytes) Model()
    {
        var run = session.Need();
        return ($"{run.Data.Train.Name}.safetensors", ReadBack(run.SaveModel));
    }

    /// <summary>Everything: unpacked, it is a run's folder, which <c>train --resume</c> goes on with.</summary>
    public (string Name, byte[] Bytes) Run()
    {
        var run = session.Need();
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "model.safetensors", ReadBack(run.SaveModel));
            Add(zip, "checkpoint.safetensors", ReadBack(run.SaveCheckpoint));
            Add(zip, "settings.json", JsonSerializer.SerializeToUtf8Bytes(run.Plan.Describe(), JsonSerializerOptions.Web));
            Add(zip, "metrics.csv", Encoding.UTF8.GetBytes(Metrics(run)));
        }

        return ($"{run.Data.Train.Name}-run.zip", stream.ToArray());
    }

    private static string Metrics(TrainRun run)
    {
        var text = new StringBuilder("epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,seconds\n");
        foreach (var epoch in run.History)
        {
            text.Append(CultureInfo.InvariantCulture, $"{epoch.Epoch},{epoch.TrainLoss},{epoch.TrainAccuracy},")
                .Append(CultureInfo.InvariantCulture, $"{epoch.ValidationLoss},{epoch.ValidationAccuracy},{epoch.Seconds}\n");
        }

        return text.ToString();
    }

    private static void Add(ZipArchive zip, string name, byte[] bytes)
    {
        using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        entry.Write(bytes);
    }

    /// <summary>What a function writes into a file.</summary>
    private static byte[] ReadBack(Action<string> write)
    {
        var path = Path.Combine(Path.GetTempPath(), $"scratchnet-{Guid.NewGuid():N}.safetensors");
        try
        {
            write(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
