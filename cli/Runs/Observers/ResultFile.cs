using ScratchNet.Kernels;
using System.Text.Json;
using ScratchNet.Cli.Output;
using ScratchNet.Training;
using ScratchNet.Training.Diagnosis;
using ScratchNet.Training.Metrics;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>
/// Writes <c>result.json</c> when the run ends: how it ended, how the layers stood, and, of a finished run, what the
/// model takes for what. While a run lasts there is no such file.
/// </summary>
internal sealed class ResultFile(RunContext run, RunFolder folder) : RunObserver
{
    private (int Epoch, IReadOnlyList<LayerStatistics> Layers) _last = (0, []);
    private IReadOnlyList<Mistake> _mistakes = [];

    /// <inheritdoc/>
    public override void Started() => File.Delete(folder.Result);

    /// <inheritdoc/>
    public override void LayersMeasured(int epoch, IReadOnlyList<LayerStatistics> layers) => _last = (epoch, layers);

    /// <inheritdoc/>
    public override void MistakesFound(IReadOnlyList<Mistake> mistakes) => _mistakes = mistakes;

    /// <inheritdoc/>
    public override void Stopped() => Write("interrupted", json => json.WriteNumber("batch", run.Trainer.Batch));

    /// <inheritdoc/>
    public override void Failed(string message) => Write("failed", json => json.WriteString("message", message));

    /// <inheritdoc/>
    public override void Finished(EvaluationResult result) => Write("finished", json =>
    {
        json.WriteStartObject("test");
        json.WriteNumber("images", result.Confusion.Total);
        new EvaluationReport(result, run.Model.ClassNames).Describe(json);
        json.WriteEndObject();
        json.WriteStartArray("mistakes");
        foreach (var mistake in _mistakes)
        {
            mistake.Describe(json);
        }

        json.WriteEndArray();
    });

    private void Write(string status, Action<Utf8JsonWriter> more) => AtomicFile.Write(folder.Result, stream =>
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("status", status);
        json.WriteNumber("epoch", run.Trainer.Epoch);
        json.WriteNumber("seconds", run.Seconds);
        json.WriteStartArray("rollbacks");
        foreach (var rollback in run.Trainer.Rollbacks)
        {
            json.WriteStartObject();
            json.WriteNumber("step", rollback.Step);
            json.WriteNumber("to_epoch", rollback.Epoch);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        more(json);
        json.WriteNumber("layers_epoch", _last.Epoch);
        json.WriteStartArray("layers");
        foreach (var layer in _last.Layers)
        {
            json.WriteStartObject();
            json.WriteNumber("layer", layer.Layer);
            json.WriteString("description", layer.Description);
            Describe(json, "outputs", layer.Outputs);
            Describe(json, "weights", layer.Weights);
            Describe(json, "gradients", layer.Gradients);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Describe(Utf8JsonWriter json, string name, Histogram? histogram)
    {
        if (histogram is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("min", histogram.Min);
        json.WriteNumber("max", histogram.Max);
        json.WriteNumber("mean", histogram.Mean);
        json.WriteNumber("deviation", histogram.Deviation);
        json.WriteStartArray("counts");
        foreach (var count in histogram.Counts)
        {
            json.WriteNumberValue(count);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
