using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;
using ScratchNet.Cli.Commands;
using ScratchNet.Cli.Parsing;

namespace ScratchNet.Cli;

/// <summary>
/// The whole program but for the process around it. Building the command tree loads neither kernels nor the drawing library:
/// each action's work stands in a class of its own, which the runtime compiles when the action runs.
/// </summary>
internal static class CommandLine
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <param name="terminal">Where results and messages go.</param>
    /// <returns>The exit code; see <see cref="ExitCode"/>.</returns>
    public static int Run(IReadOnlyList<string> args, Terminal terminal)
    {
        try
        {
            // Names of pictures may begin with '@', so there are no response files.
            var parse = Tree(terminal).Parse(
                TrainCommand.CompleteAugment(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
            UsageCheck.Throw(parse);
            return parse.Invoke(new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (Exception exception)
        {
            return Errors.Report(exception, terminal);
        }
    }

    internal static RootCommand Tree(Terminal terminal)
    {
        var root = new RootCommand("Trains and uses dense neural networks on your processor or GPU, from scratch.")
        {
            TrainCommand.Create(terminal),
            RecipesCommand.Create(terminal),
            EvaluateCommand.Create(terminal),
            PredictCommand.Create(terminal),
            ReportCommand.Create(terminal),
            ExplainCommand.Create(terminal),
            GradCheckCommand.Create(terminal),
            LessonsCommand.Create(terminal),
            DoctorCommand.Create(terminal),
            VerifyCommand.Create(terminal),
            DevicesCommand.Create(terminal),
            DataCommand.Create(terminal),
            BenchCommand.Create(terminal),
            KernelsCommand.Create(terminal),
            TuneCommand.Create(terminal),
            StudioCommand.Create(terminal),
        };
        var help = new ExampleHelp();
        root.SetAction(help.Invoke);
        root.Options.OfType<HelpOption>().Single().Action = help;
        root.Options.OfType<VersionOption>().Single().Action = new Answer(terminal, $"scratchnet {Version}");
        return root;
    }

    /// <summary>This program's version, such as <c>0.1.0</c>.</summary>
    public static string Version => typeof(CommandLine).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
