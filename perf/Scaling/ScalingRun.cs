using System.Globalization;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Perf;

/// <summary>A trainer at one point of a sweep, and the memory that it takes.</summary>
internal sealed class ScalingRun : IDisposable
{
    private const string ResetFile = "/proc/self/clear_refs";
    private const string StatusFile = "/proc/self/status";

    private readonly CpuBackend _backend;
    private readonly Network _network;
    private readonly Adam _optimizer = new();
    private readonly Trainer _trainer;
    private readonly Dataset _data;

    public ScalingRun(ScalingPoint point, Dataset data)
    {
        _data = data.Slice(0, point.Images);
        _backend = new CpuBackend(point.Threads);
        _network = TrainingCase.Build(_backend, point.Layers);
        _trainer = new Trainer(_network, _optimizer, _data, validation: null,
            new TrainingOptions { BatchSize = point.Batch, Epochs = 1_000_000, Schedule = LearningRateSchedule.Constant });
    }

    /// <summary>The backend.</summary>
    public CpuBackend Backend => _backend;

    /// <summary>Steps in an epoch.</summary>
    public int Batches => _trainer.Batches;

    /// <summary>Bytes asked for: parameters, gradients, optimizer state, activations and their gradients, and the data.</summary>
    public long PlannedBytes => _network.ParameterBytes + _network.PlannedBytes
        + _optimizer.State.Sum(state => (long)sizeof(float) * state.Buffer.Length) + _data.PixelBytes + _data.Count;

    /// <summary>Trains one step.</summary>
    public void Step() => _trainer.Step();

    /// <summary>Trains one epoch.</summary>
    public void Epoch()
    {
        for (var i = 0; i < Batches; i++)
        {
            _trainer.Step();
        }
    }

    /// <summary>The most memory that the process has held at once while a point was built and trained a few steps.</summary>
    /// <returns>Bytes; null where the system does not let the mark be set back.</returns>
    public static long? PeakResident(ScalingPoint point, Dataset data)
    {
        // What earlier points have left goes back to the system, or it would count for this one.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (!ResetPeak())
        {
            return null;
        }

        using (var run = new ScalingRun(point, data))
        {
            run.Step();
            run.Step();
        }

        // The line is "VmHWM:     123456 kB".
        var words = File.ReadLines(StatusFile).FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            ?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is null ? null : 1024 * long.Parse(words[1], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _trainer.Dispose();
        _optimizer.Dispose();
        _network.Dispose();
        _backend.Dispose();
    }

    /// <summary>Linux sets the high-water mark of resident memory back when 5 is written there (proc(5)).</summary>
    private static bool ResetPeak()
    {
        try
        {
            File.WriteAllText(ResetFile, "5");
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
