using System.Net;
using System.Net.Sockets;
using ScratchNet.Cli;
using ScratchNet.Cli.Studio;
using ScratchNet.Cli.Studio.Server;
using ScratchNet.Tests.Cli;
using Xunit;

namespace ScratchNet.Tests.Studio;

/// <summary>The studio as a process: its ports, its signals, its words.</summary>
public class ProcessTests
{
    [SkippableTheory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.HangUp)]
    public async Task Stopping_it_saves_the_run_which_can_be_resumed(int signal)
    {
        if (OperatingSystem.IsWindows())
        {
            Requirements.Skip("Windows has no signals to send");
        }

        if (signal == Signals.HangUp && IgnoresHangUp())
        {
            Requirements.Skip("SIGHUP is ignored here, as under nohup, and so by every process started from here");
        }

        using var folder = new TemporaryFolder();
        using var process = CliProcess.Start(folder.Path, [], "studio", "--no-browser", "--device", "cpu");
        using var client = new HttpClient { BaseAddress = new Uri((await process.StandardOutput.ReadLineAsync())!) };
        using var made = await client.PostAsync("api/train/new", new StringContent(
            """{"dataset":"digits","options":{"hidden":"8","epochs":"2","augment":"no","batch-size":"200"}}"""));
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        using var step = await client.PostAsync("api/train/step", null);
        Assert.True(step.IsSuccessStatusCode, await step.Content.ReadAsStringAsync());

        Signals.Send(process.Id, signal);
        var result = CliProcess.Finish(process);
        Assert.Equal(0, result.ExitCode);
        const string Words = "the run is saved: scratchnet train --resume ";
        var line = Assert.Single(result.Error.Split('\n'), line => line.StartsWith(Words, StringComparison.Ordinal));
        var resumed = CliProcess.Run(folder.Path, "train", "--resume", line[Words.Length..], "--json", "--quiet");
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        Assert.Equal(3, resumed.JsonLines().Length);
    }

    /// <summary>
    /// Whether bit 0 of the mask of ignored signals is set, which a process hands on to those that it starts (proc(5)).
    /// </summary>
    private static bool IgnoresHangUp()
    {
        const string Mask = "SigIgn:";
        const string Status = "/proc/self/status";
        var lines = File.Exists(Status) ? File.ReadLines(Status) : [];
        var line = lines.FirstOrDefault(line => line.StartsWith(Mask, StringComparison.Ordinal));
        return line is not null && (Convert.ToUInt64(line[Mask.Length..].Trim(), 16) & 1) != 0;
    }

    [Fact]
    public void A_port_in_use_is_told_with_the_next_free_one()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        var result = InProcess.Run("studio", "--no-browser", "--device", "cpu", "--port", $"{port}");
        Assert.Equal(1, result.ExitCode);
        InProcess.AssertOneErrorLine(result.Error);
        Assert.Matches($"port {port} is in use; the next free one is [0-9]+: --port [0-9]+", result.Error);
    }

    [Theory]
    [InlineData("hello", "byte 5: the file ends here")]
    [InlineData("\u0002\0\0\0\0\0\0\0{}", "was not saved by ScratchNet")]
    public void A_model_that_is_none_is_told_before_any_page_opens(string content, string part)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("mine.safetensors");
        File.WriteAllText(path, content);
        InProcess.Refuses(1, $"studio {path} --no-browser --device cpu", path, part);
    }

    [Theory]
    [InlineData("1,0,0,0,0\n1,255,0,0,0\n", "holds 1 class")]
    [InlineData("1,0,0,0,0\n2,nan,0,0,0\n", "line 2")]
    public async Task Data_of_ones_own_that_teach_nothing_are_told_and_the_studio_goes_on(string csv, string part)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("mine.csv");
        await File.WriteAllTextAsync(path, csv);
        using var sessions = Sessions.Open(new StudioOptions(null, path, "127.0.0.1", 0, false, false, "cpu", 1),
            Terminal.Redirected(TextWriter.Null, TextWriter.Null));
        await using var server = await StudioServer.Start(IPAddress.Loopback, 0, "127.0.0.1", sessions);
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        using var own = await client.PostAsync("api/train/new", new StringContent("""{"dataset":"own","options":{}}"""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, own.StatusCode);
        var reason = await HttpTests.Reason(own);
        Assert.Contains(path, reason, StringComparison.Ordinal);
        Assert.Contains(part, reason, StringComparison.Ordinal);
        using var bundled = await client.PostAsync("api/train/new", new StringContent("""{"dataset":"digits","options":{}}"""));
        Assert.Equal(HttpStatusCode.OK, bundled.StatusCode);
    }

    [Theory]
    [InlineData(1, "studio missing.safetensors --no-browser", "missing.safetensors")]
    [InlineData(1, "studio --host 192.0.2.1 --no-browser", "no address of this machine")]
    [InlineData(2, "studio --port 0", "--port is '0', but must be a whole number from 1 to 65535")]
    [InlineData(2, "studio --device gpu", "--device is 'gpu'")]
    [InlineData(2, "studio --hots x", "did you mean '--host'")]
    public void What_cannot_be_is_told_in_one_line(int exitCode, string args, string part) =>
        InProcess.Refuses(exitCode, args, part);
}
