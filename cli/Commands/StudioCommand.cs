using System.CommandLine;
using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Studio;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet studio</c>: networks to look at and play with, in the browser.</summary>
internal static class StudioCommand
{
    private const int DefaultPort = 4280;
    private const string Loopback = "127.0.0.1";

    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string?>("MODEL")
        {
            Description = "what the Draw page uses: a model's file, or a run's folder [default: one made of the bundled digits]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var port = CommonOptions.Text("--port", "N", $"where to listen [default: {DefaultPort}, or the next free one]");
        var host = CommonOptions.Text("--host", "NAME",
            $"address to listen at; any but {Loopback} lets others in [default: {Loopback}]");
        var noBrowser = CommonOptions.Flag("--no-browser", "don't open a browser");
        var (device, threads, data) = (CommonOptions.Device(), CommonOptions.Threads(), CommonOptions.Data());
        var command = new ExampledCommand("studio",
            "Opens a web page on this machine: draw digits, watch networks learn, step by step and number by number.",
            ("scratchnet studio", "everything; Ctrl-C saves the run and ends it"),
            ("scratchnet studio runs/NAME", "draw for a model of your own"),
            ("scratchnet studio --port 8080 --no-browser", "at another port, without opening a browser"))
        {
            model, port, host, noBrowser, device, threads, data,
        };
        command.SetAction(parse => Run(new StudioOptions(
            parse.GetValue(model),
            parse.GetValue(data),
            parse.GetValue(host) ?? Loopback,
            parse.GetValue(port) is { } text ? Values.Whole(port.Name, text, 1, 65_535) : DefaultPort,
            parse.GetValue(port) is not null,
            !parse.GetValue(noBrowser),
            CommonOptions.ReadDevice(parse, device) ?? "auto",
            CommonOptions.ReadThreads(parse, threads, device)), terminal));
        return command;
    }

    /// <summary>In a method of its own, so that the web server is loaded only when it is wanted.</summary>
    private static int Run(StudioOptions options, Terminal terminal) => StudioRun.Run(options, terminal);
}
