using System.Diagnostics;
using System.Globalization;
using ScratchNet.Cli;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;
using ScratchNet.Training;

namespace ScratchNet.Perf;

/// <summary>
/// Learning without a network: how long it takes and how well it does, beside a network that learns from the same images. Both
/// are measured on the last images of the training set, which neither has seen; the test set stays closed.
/// </summary>
internal sealed class TraditionalContest(SuiteReport report, TrainingFiles files, CpuBackend backend)
{
    /// <summary>The group's name.</summary>
    public const string Group = "traditional";

    /// <summary>Images to learn from: with all of them the support vector machine would take minutes.</summary>
    private const int FitImages = 10_000;
    private const int HeldOut = 10_000;
    private const int Epochs = 10;

    private static readonly TrainingCase Net = new(Group, 64, FitImages, 784, 512, 512, 10);
    private static readonly TrainingOptions Options = new()
    {
        Epochs = Epochs,
        Distortion = new(RotationDegrees: 10, Scale: 0.12f, ShiftPixels: 1.5f, ElasticAlpha: 34, ElasticSigma: 5),
    };


    /// <summary>Fits the network, then each method that is there; each once, for they take long.</summary>
    public void Run()
    {
        var (ownSeconds, right) = Own();
        report.Row(Group, Row("simd", ownSeconds),
            remark: Remark(right, $"{Net.Network}, {Epochs} epochs, distorted images"));
        foreach (var method in TrainingPeer.Traditional.Where(method => report.Has(method.Name)))
        {
            report.Cancel.ThrowIfCancellationRequested();
            try
            {
                using var side = new PeerSide(method, files, Net, backend.Team.Threads, fit: FitImages, cancel: report.Cancel);
                var seconds = Time(() => side.Train(1));
                var rights = side.Evaluate(HeldOut).Accuracy;
                report.Row(Group, Row(method.Name, seconds), seconds / ownSeconds, Remark(rights, side.Versions));
            }
            catch (FailureException exception)
            {
                report.Fail(method.Name, exception.Message);
            }
        }
    }

    private (double Seconds, double Right) Own()
    {
        using (var warm = new OwnSide(backend, files.Train.Slice(0, FitImages), Net, Options))
        {
            warm.Train(Net.Steps);
        }

        using var side = new OwnSide(backend, files.Train.Slice(0, FitImages), Net, Options);
        var seconds = Time(() => side.Train(Epochs * Net.Steps));
        return (seconds, side.Evaluate(files.Train.Slice(files.Images - HeldOut, HeldOut)).Accuracy);
    }

    private static double Time(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string Remark(double right, string what) => string.Create(
        CultureInfo.InvariantCulture, $"accuracy {100 * right:F2} % of {HeldOut} held out; {what}");

    /// <summary>Nothing says how well a method should do, so no row is verified; how well it did stands beside it.</summary>
    private BenchRow Row(string variant, double seconds) => new()
    {
        Op = "fit",
        Variant = variant,
        Backend = backend.Device.Id,
        Device = backend.Device.Name,
        Shape = new BenchShape(FitImages, Net.Layers[^1], Net.Layers[0]),
        Sizes = string.Create(CultureInfo.InvariantCulture, $"{FitImages} images"),
        Threads = backend.Team.Threads,
        MedianSeconds = seconds,
        CompileSeconds = 0,
        CopySeconds = 0,
    };
}
