using System.Globalization;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Training.Data;
using ScratchNet.Training.Metrics;

namespace ScratchNet.Cli.Runs;

/// <summary>The same run several times with one seed after another (<c>--repeat</c>), and what they come to together.</summary>
internal sealed class RepeatedRuns
{
    private const int Most = 1000;

    private readonly TrainRequest _request;
    private readonly ulong[] _seeds;
    private readonly string _folder;
    private readonly Terminal _terminal;
    private readonly List<(ulong Seed, double Accuracy, double Seconds, string Model)> _results = [];

    private RepeatedRuns(TrainRequest request, ulong[] seeds, string folder, Terminal terminal) =>
        (_request, _seeds, _folder, _terminal) = (request with { IsOneOfSeveral = true }, seeds, folder, terminal);

    /// <summary>Checks what was asked for.</summary>
    /// <param name="request">The run that is repeated.</param>
    /// <param name="repeat">The value of --repeat.</param>
    /// <param name="terminal">Where to tell.</param>
    /// <exception cref="UsageException">It contradicts the rest of the command line.</exception>
    public static RepeatedRuns Of(TrainRequest request, string repeat, Terminal terminal)
    {
        const string Option = TrainOptionNames.Repeat;
        var count = Values.Whole(Option, repeat, 2, Most);
        if (request.Resume is not null)
        {
            throw new UsageException($"{Option} and --resume contradict each other: one run is resumed, many begin anew; "
                + "leave one out");
        }

        if (request.Output is not null)
        {
            throw new UsageException($"{Option} and --output contradict each other: every run gets a folder; "
                + "give theirs with --run");
        }

        var first = request.Given.TryGetValue(TrainOptionNames.Seed, out var text)
            ? Values.Whole(TrainOptionNames.Seed, text, 0UL, ulong.MaxValue - Most)
            : 1;
        var source = DataSource.Of(request.Dataset, request.Data, DatasetCatalog.Bundled.Name);
        var folder = request.Run ?? RunFiles.NewFolder(source.Name ?? Path.GetFileName(source.Folder!), DateTime.Now);
        return new RepeatedRuns(request, [.. Enumerable.Range(0, count).Select(i => first + (ulong)i)], folder, terminal);
    }

    /// <summary>Trains with one seed after another, and tells mean and interval.</summary>
    /// <param name="cancellation">Stops the run that is on, with a checkpoint, and begins no other.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="FailureException">One of the folders holds a run that was interrupted; nothing has begun.</exception>
    public int Train(CancellationToken cancellation)
    {
        // Before hours are spent on those that come first.
        Array.ForEach(_seeds, seed => RunFiles.ForNew(RequestOf(seed), "").ProtectInterruptedRun());
        foreach (var seed in _seeds)
        {
            var exitCode = Train(seed, cancellation);
            if (exitCode != ExitCode.Success)
            {
                return exitCode;
            }
        }

        if (_request.AsJson)
        {
            WriteJson();
        }
        else
        {
            WriteTable();
        }

        return ExitCode.Success;
    }

    private int Train(ulong seed, CancellationToken cancellation)
    {
        if (!_request.IsQuiet)
        {
            _terminal.Error.WriteLine($"run {_results.Count + 1} of {_seeds.Length}, seed {seed}");
        }

        using var run = TrainingRun.Start(RequestOf(seed), _terminal, cancellation);
        var exitCode = run.Train(cancellation);
        if (exitCode == ExitCode.Success)
        {
            _results.Add((seed, run.Result!.Accuracy, run.Seconds, run.Files.Model));
        }

        return exitCode;
    }

    private TrainRequest RequestOf(ulong seed)
    {
        var text = seed.ToString(CultureInfo.InvariantCulture);
        return _request with
        {
            Run = Path.Combine(_folder, $"seed-{text}"),
            Given = new Dictionary<string, string>(_request.Given) { [TrainOptionNames.Seed] = text },
        };
    }

    private void WriteTable()
    {
        double[] accuracies = [.. _results.Select(result => result.Accuracy)];
        var table = new TextTable(" seed", " test accuracy", " training", "model");
        foreach (var (seed, accuracy, seconds, model) in _results)
        {
            table.Add($"{seed}", Figures.Percent(accuracy), Figures.Duration(seconds), Terminal.OneLine(model));
        }

        var (low, high) = ConfidenceInterval.OfMean(accuracies);
        _terminal.Out.WriteLine();
        table.Write(_terminal.Out);
        _terminal.Out.WriteLine();
        _terminal.Out.WriteLine($"mean test accuracy of {accuracies.Length} runs "
            + $"{_terminal.Strong(Figures.Percent(accuracies.Average()))} "
            + $"(95% interval {Figures.Percent(low)} to {Figures.Percent(high)})");
    }

    private void WriteJson()
    {
        double[] accuracies = [.. _results.Select(result => result.Accuracy)];
        var (low, high) = ConfidenceInterval.OfMean(accuracies);
        JsonLine.Write(_terminal.Out, json =>
        {
            json.WriteString("event", "repeat");
            json.WriteNumber("runs", accuracies.Length);
            json.WriteStartArray("seeds");
            _results.ForEach(result => json.WriteNumberValue(result.Seed));
            json.WriteEndArray();
            json.WriteStartArray("test_accuracies");
            Array.ForEach(accuracies, json.WriteNumberValue);
            json.WriteEndArray();
            json.WriteNumber("mean_test_accuracy", accuracies.Average());
            json.WriteNumber("standard_deviation", ConfidenceInterval.StandardDeviation(accuracies));
            json.WriteStartArray("mean_interval");
            json.WriteNumberValue(low);
            json.WriteNumberValue(high);
            json.WriteEndArray();
            json.WriteString("folder", _folder);
        });
    }
}
