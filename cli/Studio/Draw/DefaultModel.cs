using System.Security.Cryptography;
using System.Text;
using ScratchNet.Cli.Runs;
using ScratchNet.Engine.Files;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Studio.Draw;

/// <summary>
/// The model that the Draw page uses when none is given: the bundled digits, learnt with the defaults of <c>train</c> on first
/// use, which takes seconds, and kept in the cache folder.
/// </summary>
internal static class DefaultModel
{
    /// <summary>Loads it, or makes it first.</summary>
    /// <param name="backend">Where it shall live.</param>
    /// <param name="tell">Told how far its training is.</param>
    /// <param name="end">Stops the training.</param>
    public static TrainedModel Load(Backend backend, Action<string> tell, CancellationToken end)
    {
        var plan = TrainingPlan.Read(new DataSource(DatasetCatalog.Bundled.Name, null), _ => null);
        var path = Place(plan);
        if (File.Exists(path))
        {
            try
            {
                return TrainedModel.Load(backend, path);
            }
            catch (ModelFileException)
            {
                // Damaged: it is made anew.
            }
        }

        var data = BundledDigits.Load().Train;
        var model = Train(backend, plan, data, tell, end);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            model.Save(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A cache that can't be written costs some seconds the next time.
        }

        return model;
    }

    private static TrainedModel Train(
        Backend backend, TrainingPlan plan, Dataset data, Action<string> tell, CancellationToken end)
    {
        var (train, validation) = plan.Split(data);
        var model = TrainedModel.Of(plan.BuildNetwork(backend, data), data, plan.Format(data));
        try
        {
            using var optimizer = plan.BuildOptimizer();
            using var trainer = new Trainer(model.Network, optimizer, train, validation, plan.Options, model.Format)
            {
                EpochEnded = epoch => tell($"learns the bundled digits first: epoch {epoch.Epoch} of {plan.Options.Epochs}"),
            };
            return trainer.Run(end) ? model : throw new OperationCanceledException(end);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Other settings or another version make another model.</summary>
    private static string Place(TrainingPlan plan)
    {
        var settings = string.Join(' ', plan.Describe().Select(option => $"{option.Key} {option.Value}"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(settings)).AsSpan(0, 6));
        return Path.Combine(DataLocations.FromEnvironment().Cache, "studio", $"digits-{NetworkFile.Version}-{hash}.safetensors");
    }
}
