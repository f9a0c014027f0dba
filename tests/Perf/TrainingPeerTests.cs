using ScratchNet.Cli;
using ScratchNet.Kernels;
using ScratchNet.Perf;
using Xunit;

namespace ScratchNet.Tests.Perf;

/// <summary>The sides of a training comparison: peers in processes of their own, and ours.</summary>
public class TrainingPeerTests
{
    [Fact]
    public void A_peer_answers_line_by_line()
    {
        using var echo = new PeerProcess("echo", ["cat"], []);
        Assert.Equal(7, echo.Ask(new { train = 7 }).GetProperty("train").GetInt32());
        Assert.Equal(8, echo.Ask(new { train = 8 }).GetProperty("train").GetInt32());
    }

    [Fact]
    public void A_peer_gets_the_settings_of_its_threads()
    {
        const string Script = "read request; echo \"{\\\"threads\\\": $OMP_NUM_THREADS}\"";
        using var peer = new PeerProcess("peer", ["sh", "-c", Script], [("OMP_NUM_THREADS", "2")]);
        Assert.Equal(2, peer.Ask(new { }).GetProperty("threads").GetInt32());
    }

    [Fact]
    public void A_peer_that_ends_early_is_named_with_its_last_complaint()
    {
        using var broken = new PeerProcess("pytorch", ["sh", "-c", "read request; echo out of memory >&2; exit 3"], []);
        var failure = Assert.Throws<FailureException>(() => broken.Ask(new { train = 1 }));
        Assert.Equal("pytorch ended early: out of memory", failure.Message);
    }

    [Fact]
    public void A_peer_that_works_is_killed_when_the_suite_is_to_stop()
    {
        using var cancel = new CancellationTokenSource();
        var busy = new PeerProcess("peer", ["sh", "-c", "read request; echo {}; exec sleep 600"], [], cancel.Token);
        busy.Ask(new { });
        cancel.CancelAfter(TimeSpan.FromMilliseconds(50));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.ThrowsAny<OperationCanceledException>(() => busy.Ask(new { train = 1 }));
        busy.Dispose();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), "it was not waited for");
    }

    [Fact]
    public void A_peer_that_does_not_answer_in_time_is_no_more()
    {
        using var hung = new PeerProcess("peer", ["sh", "-c", "read request; exec sleep 600"], [])
        {
            Patience = TimeSpan.FromMilliseconds(200),
        };
        var failure = Assert.Throws<FailureException>(() => hung.Ask(new { train = 1 }));
        Assert.StartsWith("peer did not answer within", failure.Message, StringComparison.Ordinal);
        Assert.True(hung.HasExited);
    }

    [Fact]
    public void Made_up_pictures_can_be_learnt()
    {
        using var backend = new CpuBackend(1);
        var data = TrainingFiles.Synthetic(count: 640);
        using var side = new OwnSide(backend, data, new TrainingCase("test", 64, data.Count, 784, 32, 10));
        var start = side.Evaluate(data.Count);
        Assert.InRange(start.Loss, 2.0, 3.0);
        side.Train(steps: 200);
        Assert.True(side.Evaluate(data.Count).Accuracy > 0.9);
    }

    [Fact]
    public void The_work_of_an_epoch_is_counted_by_its_products()
    {
        // 784-10 has a forward product and one for dw, each of 2·784·10 operations an image.
        Assert.Equal(60_000 * 2 * 2.0 * 784 * 10, new TrainingCase("test", 100, 60_000, 784, 10).Flops);
    }
}
