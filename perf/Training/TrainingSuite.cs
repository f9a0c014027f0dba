using System.CommandLine;
using System.Globalization;
using ScratchNet.Cli;
using ScratchNet.Cli.Bench;
using ScratchNet.Cli.Parsing;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>
/// Whole epochs of training, ScratchNet's and its peers', in turns: the same network from the same weights, the same data,
/// batch, optimizer, precision and threads.
/// </summary>
internal sealed class TrainingSuite(SuiteReport report, TrainingFiles files, int rounds)
{
    private const string Name = "training";

    /// <summary>Images on which is compared what the sides have learnt.</summary>
    private const int EvaluationImages = 10_000;

    /// <summary>Before the first step all must give the same loss, to rounding.</summary>
    private const double LossTolerance = 1e-3;

    /// <summary>After the last, orders of the images having differed, nearly the same accuracy.</summary>
    private const double AccuracyTolerance = 0.02;

    /// <summary>The command line of this suite.</summary>
    public static Command Create(Terminal terminal)
    {
        string[] known = [.. TrainingCase.All.Select(what => what.Name), TraditionalContest.Group];
        var only = Suite.List("--only", "NAME,NAME", $"what to measure: {string.Join(", ", known)} [default: all]");
        var rounds = CommonOptions.Text("--rounds", "N", "turns that each side takes, after one to warm up [default: 3]");
        var images = CommonOptions.Text("--images", "N", "images of a turn [default: a whole epoch, if that ends soon]");
        var data = CommonOptions.Text("--data", "FOLDER", "where MNIST's files are [default: where scratchnet finds them]");
        var peers = TrainingPeer.Networks.Concat(TrainingPeer.Traditional).Select(peer => peer.AsPeer).ToArray();
        const string About = "Whole epochs against PyTorch, scikit-learn and TensorFlow.js.";
        return Suite.Create(Name, About, terminal, peers, [only, rounds, images, data], hasThreads: true,
            parse =>
            {
                const int Least = Timing.FewestSamples;
                var some = Suite.ReadChoices(parse, only, known);
                var turns = parse.GetValue(rounds) is { } text ? Values.Whole(rounds.Name, text, Least, 99) : Least;
                const int Most = TrainingCase.WholeSet;
                int? part = parse.GetValue(images) is { } count ? Values.Whole(images.Name, count, 1, Most) : null;
                return report =>
                {
                    using var files = new TrainingFiles(parse.GetValue(data), terminal);
                    new TrainingSuite(report, files, turns).Run(name => some.Length == 0 || some.Contains(name), part);
                };
            });
    }

    private void Run(Func<string, bool> isWanted, int? images)
    {
        report.Note($"{files.Images} images of {files.Train.Name}, Adam, float32; {rounds} turns each");
        foreach (var threads in report.Threads)
        {
            using var backend = new CpuBackend(threads);
            var peaks = new KnownPeaks(MachineLine.Write(report, backend), new CpuPeaks(threads));
            foreach (var what in TrainingCase.All.Where(what => isWanted(what.Name)))
            {
                Compare(backend, what with { Images = images ?? what.Images }, peaks);
            }

            if (isWanted(TraditionalContest.Group))
            {
                new TraditionalContest(report, files, backend).Run();
            }
        }
    }

    private void Compare(CpuBackend backend, TrainingCase what, KnownPeaks peaks)
    {
        using var mine = new OwnSide(backend, files.Train, what);
        files.Share(mine.Weights());
        var start = mine.Evaluate(EvaluationImages);
        var sides = new List<ITrainingSide> { mine };
        try
        {
            foreach (var peer in TrainingPeer.Networks.Where(peer => report.Has(peer.Name)))
            {
                AddIfEqual(sides, peer, what, backend.Team.Threads, start);
            }

            var timings = Interleaved.Time(new TimingPlan(rounds, rounds, 0, TimeSpan.MaxValue), TimeProvider.System,
                [.. sides.Select(side => new Contender(side.Name, () => side.Train(what.Steps), side.Settle))],
                report.Cancel);
            Write(backend, what, peaks, sides, timings);
        }
        finally
        {
            sides.Skip(1).ToList().ForEach(side => side.Dispose());
        }
    }

    /// <summary>Starts a peer, and takes it only if its loss before the first step is ours: else it is another network.</summary>
    private void AddIfEqual(List<ITrainingSide> sides, TrainingPeer peer, TrainingCase what, int threads, Learnt start)
    {
        try
        {
            var side = PeerSide.Fastest(peer, files, what, threads, report.Cancel);
            sides.Add(side);
            report.Version(peer.Name, side.Versions);
            if (side.Settings.Count > 0)
            {
                var settings = side.Settings.Select(setting => $"{setting.Name}={setting.Value}");
                report.Note($"{peer.Name} is fastest with {string.Join(' ', settings)}");
            }

            var its = side.Evaluate(EvaluationImages);
            if (!(Math.Abs(its.Loss - start.Loss) <= LossTolerance * start.Loss))
            {
                throw new FailureException(string.Create(CultureInfo.InvariantCulture,
                    $"its loss before the first step is {its.Loss}, ours {start.Loss}: it is not the same network"));
            }
        }
        catch (FailureException exception)
        {
            report.Fail(peer.Name, exception.Message);
            var rejected = sides.FindAll(side => side.Name == peer.Name);
            rejected.ForEach(side => side.Dispose());
            sides.RemoveAll(rejected.Contains);
        }
    }

    private void Write(CpuBackend backend, TrainingCase what, KnownPeaks peaks, List<ITrainingSide> sides, Timing[] timings)
    {
        // A short turn has one before it that isn't timed: those with longer turns catch up, so that all have learnt as long.
        var most = sides.Max(side => side.Steps);
        foreach (var side in sides)
        {
            while (side.Steps < most)
            {
                side.Train(Math.Min(what.Steps, most - side.Steps));
            }
        }

        Learnt[] learnt = [.. sides.Select(side => side.Evaluate(EvaluationImages))];
        bool[] haveLearntTheSame =
            [.. learnt.Skip(1).Select(its => Math.Abs(its.Accuracy - learnt[0].Accuracy) <= AccuracyTolerance)];
        // Alone, ours has been compared with nothing.
        var own = Row(backend, what, peaks, sides[0].Name, timings[0]) with { Verified = haveLearntTheSame.Contains(true) };
        var isCounted = report.Row(what.Group, own, remark: Remark(learnt[0]));
        for (var i = 1; i < sides.Count; i++)
        {
            var hasLearnt = haveLearntTheSame[i - 1];
            if (!hasLearnt)
            {
                report.Fail(sides[i].Name, string.Create(CultureInfo.InvariantCulture, $"after as many steps it gets "
                    + $"{learnt[i].Accuracy:P1} right, and ScratchNet {learnt[0].Accuracy:P1}: not the same learning"));
            }

            report.Row(what.Group, Row(backend, what, peaks, sides[i].Name, timings[i]) with { Verified = hasLearnt },
                isCounted && hasLearnt ? timings[0].TimesFasterThan(timings[i]) : double.NaN, Remark(learnt[i]));
        }
    }

    private static string Remark(Learnt learnt) =>
        string.Create(CultureInfo.InvariantCulture, $"loss {learnt.Loss:F4}, accuracy {100 * learnt.Accuracy:F2} %");

    /// <summary>A row whose floor, like that of <c>bench step</c>, is that of the products and of Adam, step by step.</summary>
    private static BenchRow Row(
        CpuBackend backend, TrainingCase what, KnownPeaks peaks, string variant, Timing timing) => new BenchRow
    {
        Op = "epoch",
        Variant = variant,
        Backend = backend.Device.Id,
        Device = backend.Device.Name,
        Shape = new BenchShape(what.Images, what.Layers[^1], what.Layers[0], Batch: what.Batch, Detail: what.Network),
        Sizes = string.Create(CultureInfo.InvariantCulture, $"{what.Images} by {what.Batch}"),
        Threads = backend.Team.Threads,
        MedianSeconds = timing.MedianSeconds,
        LowSeconds = timing.Interval.Low,
        HighSeconds = timing.Interval.High,
        Spread = timing.Spread,
        Gflops = what.Flops / timing.MedianSeconds / 1e9,
        CompileSeconds = 0,
        CopySeconds = 0,
    }.JudgedBy(peaks, StepBench.Parts(what.Layers, what.Batch), (double)what.Images / what.Batch);
}
