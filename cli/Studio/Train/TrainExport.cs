using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ScratchNet.Cli.Studio.Server;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>The run as files to download.</summary>
internal sealed class TrainExport(TrainSession session)
{
    /// <summary>The model.</summary>
    public (string Name, byte[] Bytes) Model()
    {
        var run = session.Need();
        return ($"{run.Data.Train.Name}.safetensors", TemporaryFile.ReadBack(run.SaveModel));
    }

    /// <summary>Everything: unpacked, it is a run's folder, which <c>train --resume</c> goes on with.</summary>
    public (string Name, byte[] Bytes) Run()
    {
        var run = session.Need();
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "model.safetensors", TemporaryFile.ReadBack(run.SaveModel));
            Add(zip, "checkpoint.safetensors", TemporaryFile.ReadBack(run.SaveCheckpoint));
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
}
