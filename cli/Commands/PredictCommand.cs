using System.CommandLine;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Runs;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using ScratchNet.Training.Images;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet predict</c>: what pictures show.</summary>
internal static class PredictCommand
{
    private const int DefaultTop = 3;
    private const int MaxTop = 256;

    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string>("MODEL") { Description = "a model's file, or a run's folder" };
        var images = new Argument<string[]>("IMAGE")
        {
            Description = "PNG, JPEG or BMP pictures; for a model of digits one digit each, dark on light or light on dark",
            Arity = ArgumentArity.OneOrMore,
        };
        var top = CommonOptions.Text("--top", "N", $"how many classes to list [default: {DefaultTop}]");
        var show = CommonOptions.Flag("--show", "print what the network saw, in characters");
        var (device, threads, json) = (CommonOptions.Device(), CommonOptions.Threads(), CommonOptions.Json());
        var command = new ExampledCommand("predict", "Tells what pictures show.",
            ("scratchnet predict runs/NAME digit.png", "the digit and how sure the network is"),
            ("scratchnet predict runs/NAME *.png --json", "one object a picture"),
            ("scratchnet predict runs/NAME digit.png --show", "also what the network saw"))
        {
            model, images, top, show, device, threads, json,
        };
        command.SetAction(parse => Run(
            parse.GetValue(model)!,
            parse.GetValue(images)!,
            new PredictionOutput(
                terminal,
                parse.GetValue(top) is { } text ? Values.Whole(top.Name, text, 1, MaxTop) : DefaultTop,
                parse.GetValue(show),
                parse.GetValue(json)),
            CommonOptions.ReadDevice(parse, device) ?? "auto",
            CommonOptions.ReadThreads(parse, threads, device),
            terminal));
        return command;
    }

    private static int Run(string path, string[] images, PredictionOutput output, string device, int threads, Terminal terminal)
    {
        using var backend = terminal.Open(device, threads);
        using var model = TrainedModel.Load(backend, RunFiles.NeedModel(path, terminal.Warn));
        var exitCode = ExitCode.Success;
        foreach (var image in images)
        {
            try
            {
                var pixels = PreparationOf.Picture(PictureFile.Read(image), model.Format, image);
                output.Write(image, pixels, model.Format, model.Predict(pixels), model.ClassNames);
            }
            catch (DataException exception)
            {
                output.WriteError(image, exception.Message);
                exitCode = ExitCode.Failure;
            }
        }

        return exitCode;
    }
}
