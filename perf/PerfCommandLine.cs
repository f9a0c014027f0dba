using System.CommandLine;
using ScratchNet.Cli;
using ScratchNet.Cli.Parsing;

namespace ScratchNet.Perf;

/// <summary>The whole program but for the process around it.</summary>
internal static class PerfCommandLine
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <param name="terminal">Where results and messages go.</param>
    /// <returns>The exit code; see <see cref="ExitCode"/>.</returns>
    public static int Run(IReadOnlyList<string> args, Terminal terminal)
    {
        try
        {
            var parse = Tree(terminal).Parse(args);
            UsageCheck.Throw(parse, "perf");
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

    private static RootCommand Tree(Terminal terminal) =>
        new("Measures ScratchNet against its peers. Run it on a machine that does nothing else.")
        {
            MatMulCpuSuite.Create(terminal),
            MatMulOpenClSuite.Create(terminal),
            ElementwiseSuite.Create(terminal),
            TrainingSuite.Create(terminal),
            LadderSuite.Create(terminal),
            ScalingSuite.Create(terminal),
            MicroSuite.Create(terminal),
            TablesCommand.Create(terminal),
        };
}
