using System.CommandLine;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Runs;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet evaluate</c>: how good a model is, or several together.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Terminal terminal)
    {
        var models = new Argument<string[]>("MODEL")
        {
            Description = "a model's file, or a run's folder; several answer together, by the mean of their probabilities",
            Arity = ArgumentArity.OneOrMore,
        };
        var dataset = new Argument<string?>("DATASET")
        {
            Description = "whose test part to use [default: the data set that the model was trained on]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var (data, json) = (CommonOptions.Data(), CommonOptions.Json());
        var (device, threads) = (CommonOptions.Device(), CommonOptions.Threads());
        var command = new ExampledCommand("evaluate", "Measures a model on a data set's test part, class by class.",
            ("scratchnet evaluate runs/NAME", "on the test part of its own data set"),
            ("scratchnet evaluate my.safetensors mnist --json", "on MNIST's test set, as JSON"),
            ("scratchnet evaluate runs/A runs/B runs/C", "an ensemble of three, and each alone"))
        {
            models, dataset, data, device, threads, json,
        };
        command.SetAction(parse => Run(
            Split(parse.GetValue(models)!),
            parse.GetValue(data),
            CommonOptions.ReadDevice(parse, device) ?? "auto",
            CommonOptions.ReadThreads(parse, threads, device),
            parse.GetValue(json),
            terminal));
        return command;
    }

    /// <summary>
    /// Models take every word that they are given; a last one that is a data set, or meant one, is told from them here.
    /// </summary>
    private static (string[] Models, string? Dataset) Split(string[] words)
    {
        var last = words[^1];
        var file = RunFiles.FindModel(last);
        var isDataset = words.Length > 1 && !File.Exists(file) && (Directory.Exists(last) || DataSource.IsLike(last));
        if (!isDataset)
        {
            return (words, null);
        }

        if (!Directory.Exists(last))
        {
            DataSource.FindEntry(last);
        }

        return (words[..^1], last);
    }

    private static int Run(
        (string[] Models, string? Dataset) what, string? folder, string device, int threads, bool asJson, Terminal terminal)
    {
        using var interruption = new Interruption();
        string[] files = [.. what.Models.Select(model => RunFiles.NeedModel(model, terminal.Warn))];
        using var backend = terminal.Open(device, threads);
        using var first = TrainedModel.Load(backend, files[0]);
        var isFirstsOwn = what.Dataset is null && folder is null;
        var source = isFirstsOwn
            ? SourceOf(first, files[0])
            : DataSource.Of(what.Dataset, folder, first.DatasetName);
        var data = source.For(first).Load(terminal, interruption.Token);
        if (files.Length == 1)
        {
            WarnOfOtherData(first, data.Train, terminal);
            Write(new EvaluationReport(first.Evaluate(data.Test), first.ClassNames), files, data.Test, asJson, terminal);
            return ExitCode.Success;
        }

        var together = EvaluateTogether(files, backend, data, isFirstsOwn, asJson, terminal);
        Write(new EvaluationReport(together, first.ClassNames), files, data.Test, asJson, terminal);
        return ExitCode.Success;
    }

    /// <summary>The data that a model was trained on: a known set, or own data if they are where its run had them.</summary>
    private static DataSource SourceOf(TrainedModel model, string file)
    {
        if (DataSource.IsKnown(model.DatasetName))
        {
            return new DataSource(model.DatasetName, null);
        }

        var was = RunRecord.FolderOf(file);
        return Path.Exists(was)
            ? new DataSource(null, was)
            : throw new UsageException($"{file} was trained on '{model.DatasetName}', which is not one of the known data sets"
                + $"{(was is null ? "" : $", and is no longer at {was}")}; give its folder with --data");
    }

    /// <summary>Measures each model alone, says so, and then all of them together.</summary>
    private static EvaluationResult EvaluateTogether(
        string[] files, Backend backend, DatasetPair data, bool isFirstsOwn, bool asJson, Terminal terminal)
    {
        var ensemble = new Ensemble(data.Test);
        var table = new TextTable("model", " test accuracy", " loss");
        foreach (var file in files)
        {
            using var model = TrainedModel.Load(backend, file);
            WarnOfOtherData(model, data.Train, terminal);
            if (isFirstsOwn && model.DatasetName != data.Train.Name)
            {
                terminal.Warn($"{file} was trained on {model.DatasetName}, but is measured on {data.Train.Name}, as the first "
                    + "model was: test pictures may have been among its training pictures; name a data set to choose another");
            }

            var alone = Add(ensemble, model, file);
            table.Add(Terminal.OneLine(file), Figures.Percent(alone.Accuracy), Figures.Loss(alone.Loss));
            if (asJson)
            {
                Write(new EvaluationReport(alone, model.ClassNames), [file], data.Test, asJson, terminal);
            }
        }

        if (!asJson)
        {
            table.Write(terminal.Out);
            terminal.Out.WriteLine();
            terminal.Out.WriteLine($"the {files.Length} together, by the mean of their probabilities:");
        }

        return ensemble.Evaluate();
    }

    private static EvaluationResult Add(Ensemble ensemble, TrainedModel model, string file)
    {
        try
        {
            return ensemble.Add(model);
        }
        catch (ShapeException exception)
        {
            throw new FailureException($"{file}: {exception.Message}");
        }
    }

    private static void Write(EvaluationReport report, string[] files, Dataset test, bool asJson, Terminal terminal)
    {
        if (asJson)
        {
            JsonLine.Write(terminal.Out, json =>
            {
                json.WriteString("event", files.Length == 1 ? "evaluation" : "ensemble");
                if (files.Length == 1)
                {
                    json.WriteString("model", files[0]);
                }
                else
                {
                    json.WriteStartArray("models");
                    Array.ForEach(files, json.WriteStringValue);
                    json.WriteEndArray();
                }

                json.WriteString("dataset", test.Name);
                json.WriteNumber("images", test.Count);
                report.Describe(json);
            });
            return;
        }

        report.WriteHeadline(terminal);
        terminal.Out.WriteLine();
        report.WriteClasses(terminal);
        terminal.Out.WriteLine();
        report.WriteConfusion(terminal);
    }

    private static void WarnOfOtherData(TrainedModel model, Dataset train, Terminal terminal)
    {
        if (train.Name == model.DatasetName && model.DatasetFingerprint is { } trained && trained != train.Fingerprint)
        {
            terminal.Warn($"the model was trained on another version of {train.Name}: "
                + "test pictures may have been among its training pictures");
        }
    }
}
