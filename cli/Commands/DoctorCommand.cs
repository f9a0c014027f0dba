using System.CommandLine;
using System.Globalization;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Reports;
using ScratchNet.Cli.Runs;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using ScratchNet.Training.Diagnosis;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet doctor</c>: why a run goes badly, or what is wrong with data.</summary>
internal static class DoctorCommand
{
    public static Command Create(Terminal terminal)
    {
        var what = new Argument<string?>("RUN|DATA")
        {
            Description = "a run's folder, a data set's name, or your own data [default: the newest folder in runs]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var json = CommonOptions.Json();
        var command = new ExampledCommand("doctor", "Says in words why a run goes badly, with the figures that show it.",
            ("scratchnet doctor", "the newest run"),
            ("scratchnet doctor runs/NAME", "that run, and the data it learns from"),
            ("scratchnet doctor photos/", "data, before anything is trained on them"))
        {
            what, json,
        };
        command.SetAction(parse => Run(parse.GetValue(what), parse.GetValue(json), terminal));
        return command;
    }

    private static int Run(string? what, bool asJson, Terminal terminal)
    {
        what ??= NewestRun();
        RefuseModel(what);
        var isRun = File.Exists(new RunFolder(what).Config);
        if (!isRun && RunFiles.NewestRunIn(what) is { } run)
        {
            throw new UsageException($"{what}: holds runs, not data; give one of them, such as {run}");
        }

        var findings = isRun ? OfRun(what, terminal) : DataDoctor.Examine(DataSource.Of(what, null, null).Load(terminal));
        if (asJson)
        {
            foreach (var finding in findings)
            {
                JsonLine.Write(terminal.Out, json =>
                {
                    json.WriteString("finding", finding.Kind);
                    json.WriteString("problem", finding.Problem);
                    json.WriteString("evidence", finding.Evidence);
                    json.WriteString("advice", finding.Advice);
                });
            }

            return ExitCode.Success;
        }

        terminal.Out.WriteLine(findings.Count == 0
            ? $"{Terminal.OneLine(what)}: {terminal.Good("nothing found")}"
            : $"{Terminal.OneLine(what)}: {findings.Count} finding{(findings.Count == 1 ? "" : "s")}");
        foreach (var finding in findings)
        {
            terminal.Out.WriteLine();
            terminal.Out.WriteLine(terminal.Strong(Terminal.OneLine(finding.Problem)));
            terminal.Out.WriteLine($"  seen: {Terminal.OneLine(finding.Evidence)}");
            terminal.Out.WriteLine($"  do:   {finding.Advice}");
        }

        return ExitCode.Success;
    }

    /// <summary>A file is read as CSV, of which a model would only be a damaged one.</summary>
    private static void RefuseModel(string path)
    {
        if (!path.EndsWith(RunFiles.Extension, StringComparison.OrdinalIgnoreCase) || !File.Exists(path))
        {
            return;
        }

        var folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        var run = File.Exists(new RunFolder(folder).Config) ? folder : "runs/NAME";
        throw new UsageException($"{path}: is a model or a checkpoint; doctor takes a run's folder, such as {run}, or data");
    }

    private static string NewestRun() =>
        (Directory.Exists("runs") ? Directory.GetDirectories("runs") : [])
            .Where(folder => File.Exists(new RunFolder(folder).Config))
            .MaxBy(folder => File.GetLastWriteTimeUtc(new RunFolder(folder).Config))
        ?? throw new FailureException("there is no run in the folder runs; name a run's folder, a data set, or your own data");

    private static IReadOnlyList<Finding> OfRun(string folder, Terminal terminal)
    {
        var run = RunData.Read(folder);
        var options = run.Config["options"]!.AsObject();
        var checkpoint = RunFiles.FindCheckpoint(folder);
        IReadOnlyList<Finding> ofData = [];
        double? firstLoss = null;
        double[]? shares = null;
        if (CheckpointFiles.Exist(checkpoint))
        {
            var read = CheckpointFiles.Read(checkpoint, terminal.Warn);
            var nothing = new TrainRequest(
                null, null, new Dictionary<string, string>(), null, 0, null, null, folder, false, true);
            var (plan, _) = RunRecord.Read(read, folder, nothing);
            if (LoadIfThere(plan.Source, terminal) is { } data)
            {
                firstLoss = LossBeforeTraining(plan, data.Train);
                shares = plan.ClassWeights.Text == ClassWeighting.None ? Shares(data.Train) : null;
                ofData = DataDoctor.Examine(data);
            }
        }

        var facts = new RunFacts(
            run.Config["dataset"]!["classes"]!.AsArray().Count,
            (int)Numbers(TrainOptionNames.BatchSize).Single(),
            firstLoss,
            [.. run.Metrics.Numbers("train_loss").OfType<double>()],
            [.. run.Metrics.Numbers("validation_loss").OfType<double>()],
            Layers(run.Layers),
            run.Result?["status"]?.ToString() == "failed" ? run.Result["message"]?.ToString() : null)
        {
            TrainAccuracies = [.. run.Metrics.Numbers("train_accuracy").OfType<double>()],
            ValidationAccuracies = [.. run.Metrics.Numbers("validation_accuracy").OfType<double>()],
            Dropout = Numbers(TrainOptionNames.Dropout).Max(),
            InputDropout = Numbers(TrainOptionNames.InputDropout).Max(),
            WeightDecay = Numbers(TrainOptionNames.WeightDecay).Max(),
            IgnoredClasses = Ignored(options[TrainOptionNames.ClassWeights]!.ToString(),
                [.. run.Config["dataset"]!["classes"]!.AsArray().Select(name => name!.ToString())]),
            ClassShares = shares,
        };
        return RunDoctor.Examine(facts, ofData);

        IEnumerable<double> Numbers(string option) =>
            options[option]!.ToString().Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture));
    }

    /// <summary>The classes whose weight is 0, of weights given one by one.</summary>
    private static string[] Ignored(string weights, string[] classes) =>
        [.. weights.Split(',').Zip(classes).Where(pair => double.TryParse(pair.First, CultureInfo.InvariantCulture, out var weight)
            && weight == 0).Select(pair => pair.Second)];

    private static double[] Shares(Dataset train) => [.. train.ClassCounts().Select(count => (double)count / train.Count)];

    /// <summary>A run tells much without its data, which may have moved since; a line says what was left out.</summary>
    private static DatasetPair? LoadIfThere(DataSource source, Terminal terminal)
    {
        try
        {
            return source.Load(terminal);
        }
        catch (DataException exception)
        {
            terminal.Warn($"the run's data were not found or not whole, so only the run is examined: {exception.Message}");
            return null;
        }
    }

    private static double LossBeforeTraining(TrainingPlan plan, Dataset train)
    {
        using var backend = Devices.Open("cpu");
        using var network = plan.BuildNetwork(backend, train);
        return network.Evaluate(train.Subset(Math.Min(train.Count, 1000), seed: 1), plan.Format(train)).Loss;
    }

    private static List<LayerFacts> Layers(RunTable? table)
    {
        if (table is null)
        {
            return [];
        }

        var (layers, names) = (table.Texts("layer").ToArray(), table.Texts("description").ToArray());
        var (dead, saturated, norms) = (table.Numbers("dead_units"), table.Numbers("saturated"), table.Numbers("weight_norm"));
        return [.. Enumerable.Range(0, table.Rows).GroupBy(row => layers[row]).Select(rows => new LayerFacts(
            names[rows.Last()], dead[rows.Last()] ?? 0, saturated[rows.Last()] ?? 0, norms[rows.First()], norms[rows.Last()]))];
    }
}
