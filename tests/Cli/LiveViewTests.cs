using ScratchNet.Cli;
using ScratchNet.Cli.Output;
using ScratchNet.Training.Metrics;
using Xunit;

namespace ScratchNet.Tests.Cli;

public class LiveViewTests
{
    [Fact]
    public void AChartIsDrawnInDots()
    {
        var chart = new BrailleChart(columns: 2, rows: 1);
        chart.Add([(0, 0), (1, 1)], colour: 1);
        Assert.Equal("[1:⡠⠊]", chart.Line(0, (text, colour) => $"[{colour}:{text}]"));
        chart.Add([(1, 0)], colour: 2);
        Assert.Equal("[1:⡠][2:⢊]", chart.Line(0, (text, colour) => $"[{colour}:{text}]"));
        Assert.Equal("⠀", new BrailleChart(1, 1).Line(0, (_, _) => throw new InvalidOperationException("nothing to paint")));
    }

    [Fact]
    public void CurvesHaveTheirGreatestAndLeastValueAtTheAxis()
    {
        var lines = CurvePlot.Draw(width: 20, height: 3, epochs: 3, [[(1, 4), (2, 2), (3, 1)], [(1, 3), (2, double.NaN)]],
            value => $"{value:0.0}", (text, _) => text);
        Assert.Equal(["    4.0 ", "        ", "    1.0 "], lines.Select(line => line[..8]));
        Assert.All(lines, line => Assert.Equal(20, line.Length));
        Assert.NotEqual('⠀', lines[0][8]);
        Assert.NotEqual('⠀', lines[2][^1]);
    }

    [Fact]
    public void ClassesStandBesideEachOtherOrTheWorstOfThem()
    {
        var confusion = new ConfusionMatrix(3);
        confusion.Add([0, 0, 0, 0, 1, 1, 2, 2, 2, 2], [0, 0, 0, 0, 1, 0, 2, 2, 2, 1]);
        string[] names = ["cat", "dog", "a very long name"];
        Assert.Equal(
        [
            "class    cat   dog  a very long ",
            "right  100.0  50.0          75.0",
            "taken   80.0  50.0         100.0",
        ], ClassFigures.Lines(confusion, names, 32));
        Assert.Equal(["class   dog  a very long ", "right  50.0          75.0", "taken  50.0         100.0"],
            ClassFigures.Lines(confusion, names, 31));
    }

    [Fact]
    public void AWarningGoesAboveThePanel()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = Terminal.Redirected(TextWriter.Null, error);
        using (var panel = new LivePanel(terminal))
        {
            panel.Draw(["one", "two"]);
            terminal.Warn("the disk is full");
            panel.Draw(["three"]);
        }

        terminal.Warn("the end");
        Assert.Equal("\u001B[?25lone\u001B[K\ntwo\u001B[K\n\u001B[J" + "\u001B[2A\u001B[J" + "warning: the disk is full\n"
            + "three\u001B[K\n\u001B[J" + "\u001B[?25h" + "warning: the end\n", error.ToString());
    }

    [Fact]
    public void WhatTheTerminalHasNoRoomForIsCut()
    {
        using var error = new StringWriter { NewLine = "\n" };
        using var panel = new LivePanel(Terminal.Redirected(TextWriter.Null, error));
        error.GetStringBuilder().Clear();
        panel.Draw(["\u001B[33mlong\u001B[0m line", "two", "three"], width: 6, height: 2);
        Assert.Equal("\u001B[33mlong\u001B[0m l\u001B[K\ntwo\u001B[K\n\u001B[J", error.ToString());
        error.GetStringBuilder().Clear();
        // The window has been made lower: only one row up can still be reached.
        panel.Draw(["one"], width: 6, height: 1);
        Assert.Equal("\u001B[1Aone\u001B[K\n\u001B[J", error.ToString());
    }

    [Fact]
    public void AMessageThatCannotBeWrittenIsLostAndNothingElse()
    {
        using var stream = new LossyStream(new FullStream());
        using var writer = new StreamWriter(stream) { AutoFlush = true };
        writer.WriteLine("epoch 1");
    }

    private sealed class FullStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");

        public override void Flush() => throw new IOException("No space left on device");
    }
}
