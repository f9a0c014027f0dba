using ScratchNet.Cli;
using ScratchNet.Perf;
using ScratchNet.Tests.Cli;
using Xunit;

namespace ScratchNet.Tests.Perf;

/// <summary>What perf says to a command line that makes no sense.</summary>
public class PerfCommandTests
{
    [Theory]
    [InlineData("matmul", "unknown command 'matmul'")]
    [InlineData("matmul-cpu --peers numpy", "--peers is 'numpy'", "openblas")]
    [InlineData("training --peers pytroch", "did you mean 'pytorch'?")]
    [InlineData("training --only 784-10", "--only is '784-10'", "784-128-10@64")]
    [InlineData("training --rounds 1", "--rounds is '1'")]
    [InlineData("elementwise --threads 0", "--threads is '0'")]
    [InlineData("elementwise --only reluu", "--only is 'reluu'", "did you mean 'relu'?")]
    [InlineData("elementwise --only ", "--only is ''", "relu, sigmoid, tanh")]
    [InlineData("matmul-cpu --groups layers --batches 3", "--batches is '3', but must be 1, 16, 64, 128, 256 or 1024\n")]
    [InlineData("matmul-opencl --batches 64,65", "--batches is '65'", "256 or 1024\n")]
    [InlineData("scaling --only hight", "must be batch, width, depth, threads or data")]
    [InlineData("scaling --peers openblas", "--peers")]
    [InlineData("scaling --threads 2 --only batch", "--threads")]
    [InlineData("matmul-opencl --threads 1", "--threads")]
    [InlineData("micro --threads 1", "--threads")]
    [InlineData("ladder --peers openblas", "--peers")]
    [InlineData("scaling --plot ", "--plot is ''")]
    [InlineData("matmul-opencl --device cpu", "--device is 'cpu'", "must be opencl")]
    [InlineData("matmul-opencl --device simulator", "--device is 'simulator'")]
    [InlineData("matmul-opencl --device foo", "--device is 'foo'")]
    [InlineData("matmul-opencl --device opencl:x", "--device is 'opencl:x'", "opencl:1")]
    public void A_wrong_command_line_is_refused_in_one_line(string line, params string[] parts)
    {
        var (exitCode, _, error) = Run(line);
        Assert.Equal(ExitCode.WrongUsage, exitCode);
        InProcess.AssertOneErrorLine(error);
        Assert.All(parts, part => Assert.Contains(part, error, StringComparison.Ordinal));
    }

    [Fact]
    public void The_tables_are_what_was_recorded()
    {
        foreach (var file in TablesCommand.Readmes(Repository.Root))
        {
            var text = File.ReadAllText(file).ReplaceLineEndings("\n");
            Assert.Equal(text, MarkedTables.Rewrite(text, file, suite => Recording.Load(Repository.Root, suite)));
        }
    }

    [Fact]
    public void The_marked_tables_parse()
    {
        var tables = TablesCommand.Readmes(Repository.Root)
            .SelectMany(file => MarkedTables.Find(File.ReadAllText(file).ReplaceLineEndings("\n"))).ToArray();
        Assert.NotEmpty(tables);
        Assert.All(tables, table => AssertParses(table.Content));
    }

    private static void AssertParses(string content)
    {
        string[][] lines = [.. content.Split('\n').TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|'))];
        Assert.True(lines.Length > 2, "a table has a head, a rule and at least one row");
        Assert.All(lines.Where((_, i) => i != 1), line => Assert.Equal(lines[0].Length, line.Length));
    }

    private static CliResult Run(string line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = PerfCommandLine.Run(line.Split(' '), Terminal.Redirected(output, error));
        return new CliResult(exitCode, output.ToString(), error.ToString());
    }
}
