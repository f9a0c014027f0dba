using System.Diagnostics;
using ScratchNet.Cli;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Perf;

/// <summary>What a side has learnt so far.</summary>
/// <param name="Loss">Mean cross-entropy.</param>
/// <param name="Accuracy">Share of images that it gets right.</param>
internal readonly record struct Learnt(double Loss, double Accuracy);

/// <summary>One of those that train the same network on the same data from the same weights.</summary>
internal interface ITrainingSide : IDisposable
{
    /// <summary>What it is called in rows.</summary>
    string Name { get; }

    /// <summary>How long its threads go on using cores after it has answered.</summary>
    TimeSpan Settle { get; }

    /// <summary>Steps that it has trained.</summary>
    int Steps { get; }

    /// <summary>Trains a number of steps; the order of the images is drawn anew for each epoch.</summary>
    void Train(int steps);

    /// <summary>What it makes of the first images that it trains on.</summary>
    Learnt Evaluate(int images);
}

/// <summary>ScratchNet's own trainer, as <c>scratchnet train</c> uses it.</summary>
internal sealed class OwnSide : ITrainingSide
{
    private readonly Dataset _data;
    private readonly Network _network;
    private readonly Adam _optimizer = new(TrainingCase.LearningRate);
    private readonly Trainer _trainer;

    /// <summary>Builds the network and its trainer.</summary>
    /// <param name="backend">Where it trains.</param>
    /// <param name="data">What it learns from.</param>
    /// <param name="what">The network and its batch.</param>
    /// <param name="options">How to train, but for the batch; left out, plainly and without end.</param>
    public OwnSide(Backend backend, Dataset data, TrainingCase what, TrainingOptions? options = null)
    {
        options ??= new() { Epochs = int.MaxValue / (data.Count / what.Batch), Schedule = LearningRateSchedule.Constant };
        _data = data;
        _network = TrainingCase.Build(backend, what.Layers);
        _trainer = new Trainer(_network, _optimizer, data, validation: null, options with { BatchSize = what.Batch });
    }

    public string Name => "simd";

    /// <summary>Our threads look for work for 100 us only.</summary>
    public TimeSpan Settle => default;

    public int Steps { get; private set; }

    /// <summary>Weights (inputs x outputs) and biases of each layer, first to last: what all sides begin with.</summary>
    public IEnumerable<float[]> Weights() => _network.Parameters.Select(parameter => parameter.Values.ToArray());

    public void Train(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            _trainer.Step();
        }

        _network.Backend.Synchronize();
        Steps += steps;
    }

    public Learnt Evaluate(int images) => Evaluate(_data.Slice(0, images));

    /// <summary>What it makes of other images.</summary>
    public Learnt Evaluate(Dataset images)
    {
        var result = _network.Evaluate(images);
        return new(result.Loss, result.Accuracy);
    }

    public void Dispose()
    {
        _trainer.Dispose();
        _optimizer.Dispose();
        _network.Dispose();
    }
}

/// <summary>A peer in a process of its own.</summary>
internal sealed class PeerSide : ITrainingSide
{
    /// <summary>Steps to choose among <see cref="Waits"/> by, after a few to warm up.</summary>
    private const int TrialSteps = 40;

    /// <summary>
    /// PyTorch has OpenMP's threads and OpenBLAS's, and while one kind works the other keeps looking for work: with two
    /// threads on two cores an epoch was seen to take 2.5 times as long as with one. So a peer gets what suits it best: as it
    /// comes, with OpenMP's threads asleep between loops, or with OpenBLAS's too (2^8 cycles after a product).
    /// </summary>
    private static readonly (string Name, string Value)[][] Waits =
        [[], [("OMP_WAIT_POLICY", "passive")], [("OMP_WAIT_POLICY", "passive"), ("OPENBLAS_THREAD_TIMEOUT", "8")]];

    private readonly PeerProcess _process;

    /// <summary>Starts a peer.</summary>
    /// <param name="peer">Which.</param>
    /// <param name="files">The data.</param>
    /// <param name="what">The network.</param>
    /// <param name="threads">Threads that its libraries may use.</param>
    /// <param name="settings">More variables for its environment.</param>
    /// <param name="fit">Images to fit a traditional method to.</param>
    /// <param name="cancel">Kills it.</param>
    /// <exception cref="FailureException">It ended, or did not answer in time; no process is left.</exception>
    public PeerSide(TrainingPeer peer, TrainingFiles files, TrainingCase what, int threads,
        IReadOnlyList<(string Name, string Value)>? settings = null, int fit = 0, CancellationToken cancel = default)
    {
        Name = peer.Name;
        Settings = settings ?? [];
        Settle = threads > 1 ? OpenBlas.Settle : default;
        _process = new PeerProcess(peer.Name, peer.Command(),
            [("OMP_NUM_THREADS", $"{threads}"), ("OPENBLAS_NUM_THREADS", $"{threads}"), .. Settings], cancel);
        try
        {
            Versions = _process.Ask(new
            {
                folder = files.Folder,
                images = files.Images,
                layers = what.Layers,
                batch = what.Batch,
                rate = TrainingCase.LearningRate,
                threads,
                mode = peer.Mode,
                fit,
            }).GetProperty("versions").GetString()!;
        }
        catch
        {
            _process.Dispose();
            throw;
        }
    }

    public string Name { get; }

    /// <summary>What was set for its threads.</summary>
    public IReadOnlyList<(string Name, string Value)> Settings { get; }

    /// <summary>What it is, and which version.</summary>
    public string Versions { get; }

    public TimeSpan Settle { get; }

    public int Steps { get; private set; }

    /// <summary>Starts a peer with those settings that make it fastest.</summary>
    public static PeerSide Fastest(
        TrainingPeer peer, TrainingFiles files, TrainingCase what, int threads, CancellationToken cancel)
    {
        var best = threads == 1 || peer.Module is null ? [] : Waits.MinBy(wait =>
        {
            using var trial = new PeerSide(peer, files, what, threads, wait, cancel: cancel);
            trial.Train(TrialSteps / 4);
            var start = Stopwatch.GetTimestamp();
            trial.Train(TrialSteps);
            return Stopwatch.GetElapsedTime(start);
        });
        return new PeerSide(peer, files, what, threads, best, cancel: cancel);
    }

    public void Train(int steps)
    {
        _process.Ask(new { train = steps });
        Steps += steps;
    }

    public Learnt Evaluate(int images)
    {
        var answer = _process.Ask(new { evaluate = images });
        return new(answer.GetProperty("loss").GetDouble(), answer.GetProperty("accuracy").GetDouble());
    }

    public void Dispose() => _process.Dispose();
}
