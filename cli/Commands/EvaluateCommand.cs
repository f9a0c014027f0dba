using System.CommandLine;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Runs;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet evaluate</c>: how good a model is.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string>("MODEL") { Description = "a model's file, or a run's folder" };
        var dataset = new Argument<string?>("DATASET")
        {
            Description = "whose test part to use [default: the data set that the model was trained on]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var (data, json) = (CommonOptions.Data(), CommonOptions.Json());
        var (device, threads) = (CommonOptions.Device(), CommonOptions.Threads());
        var command = new ExampledCommand("evaluate", "Measures a model on a data set's test part, class by class.",
            ("scratchnet evaluate runs/NAME", "on the test part of its own data set"),
            ("scratchnet evaluate my.safetensors mnist --json", "on MNIST's test set, as JSON"))
        {
            model, dataset, data, device, threads, json,
        };
        command.SetAction(parse => Run(
            parse.GetValue(model)!,
            parse.GetValue(dataset),
            parse.GetValue(data),
            CommonOptions.ReadDevice(parse, device) ?? "auto",
            CommonOptions.ReadThreads(parse, threads),
            parse.GetValue(json),
            terminal));
        return command;
    }

    private static int Run(
        string path, string? dataset, string? folder, string device, int threads, bool asJson, Terminal terminal)
    {
        using var interruption = new Interruption();
        var file = RunFiles.FindModel(path);
        using var backend = Devices.Open(device, threads);
        using var model = TrainedModel.Load(backend, file);
        var source = DataSource.Of(dataset, folder, model.DatasetName);
        if (source.Name is { } name && !DataSource.IsKnown(name))
        {
            throw new UsageException($"{file} was trained on '{name}', which is not one of the known data sets; "
                + "give its folder with --data");
        }

        var data = source.For(model).Load(terminal, interruption.Token);
        WarnOfOtherData(model, data.Train, terminal);
        var report = new EvaluationReport(model.Evaluate(data.Test), model.ClassNames);
        if (asJson)
        {
            JsonLine.Write(terminal.Out, json =>
            {
                json.WriteString("event", "evaluation");
                json.WriteString("model", file);
                json.WriteString("dataset", data.Test.Name);
                json.WriteNumber("images", data.Test.Count);
                report.Describe(json);
            });
            return ExitCode.Success;
        }

        report.WriteHeadline(terminal);
        terminal.Out.WriteLine();
        report.WriteClasses(terminal);
        terminal.Out.WriteLine();
        report.WriteConfusion(terminal);
        return ExitCode.Success;
    }

    private static void WarnOfOtherData(TrainedModel model, Dataset train, Terminal terminal)
    {
        if (train.Name == model.DatasetName && train.Sha256 != model.DatasetSha256)
        {
            terminal.Warn($"the model was trained on another version of {train.Name}: "
                + "test pictures may have been among its training pictures");
        }
    }
}
