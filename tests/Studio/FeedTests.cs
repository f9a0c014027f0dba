using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ScratchNet.Cli.Studio.Server;
using ScratchNet.Cli.Studio.Train;
using Xunit;

namespace ScratchNet.Tests.Studio;

/// <summary>What the sessions are made of.</summary>
public class FeedTests
{
    [Fact]
    public async Task A_browser_that_does_not_read_holds_nobody_up_and_gets_the_newest_in_the_end()
    {
        var feed = new Feed();
        using var slow = new SlowBody();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(slow));
        using var stop = new CancellationTokenSource();
        feed.Publish("state", new { number = 0 });
        var reading = feed.Stream(context, stop.Token);

        // The browser reads nothing yet; publishing returns all the same.
        for (var i = 1; i <= 1000; i++)
        {
            feed.Publish("state", new { number = i });
        }

        slow.Open.SetResult();
        await slow.Seen("\"number\":1000");
        await stop.CancelAsync();
        await reading;
        Assert.True(slow.Text.Split("event: state").Length - 1 <= 3, "states in between were sent too");
    }

    [Fact]
    public async Task A_worker_answers_commands_while_it_is_busy_and_passes_failures_on()
    {
        var slices = 0;
        using var worker = new Worker("test", () => ++slices > 0);
        await worker.Do(() => { });
        Assert.Equal(7, await worker.Ask(() => 7));
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => worker.Do(() => throw new InvalidDataException("no")));
        Assert.Equal("no", failure.Message);
    }

    [Fact]
    public void A_curve_of_any_length_keeps_its_ends_and_its_mean()
    {
        var curve = new Curve();
        for (var step = 1; step <= 10_000; step++)
        {
            curve.Add(step, 2, 2.0 * step, 1);
        }

        var state = curve.Read();
        Assert.InRange(state.Steps.Length, 200, 481);
        Assert.Equal(10_000, state.Steps[^1]);
        Assert.Equal(state.Steps.Order(), state.Steps);
        Assert.All(state.Accuracy, accuracy => Assert.Equal(0.5, accuracy));
        Assert.InRange(state.Loss[^1]!.Value, 9_900, 10_000);
    }

    [Fact]
    public void A_few_steps_before_a_halt_make_no_point_of_their_own()
    {
        var curve = new Curve();
        curve.Add(10, 1000, 500, 800);
        curve.AddRest(11, 100, 600, 0);
        var state = curve.Read();
        Assert.Equal((11, 1.0, 800 / 1100.0), (Assert.Single(state.Steps), state.Loss[0], state.Accuracy[0]));
        curve.AddRest(21, 1000, 1000, 1000);
        Assert.Equal([11, 21], curve.Read().Steps);
    }

    [Fact]
    public void Fingerprints_compare_a_run_with_the_one_before_its_rewind()
    {
        var fingerprints = new Fingerprints();
        fingerprints.Note(0, Fingerprints.Of([1, 2]));
        fingerprints.Note(5, Fingerprints.Of([3]));
        fingerprints.Rewind();
        fingerprints.Note(0, Fingerprints.Of([1, 2]));
        fingerprints.Note(3, Fingerprints.Of([9]));
        Assert.Equal((1, 1), (fingerprints.Compared, fingerprints.Same));
        fingerprints.Note(5, Fingerprints.Of([3.0000002f]));
        Assert.Equal((2, 1), (fingerprints.Compared, fingerprints.Same));
    }

    /// <summary>A response whose first byte goes nowhere until somebody opens it.</summary>
    private sealed class SlowBody : MemoryStream
    {
        private readonly object _lock = new();
        private readonly List<(string Text, TaskCompletionSource Seen)> _awaited = [];

        public TaskCompletionSource Open { get; } = new();

        public string Text
        {
            get
            {
                lock (_lock)
                {
                    return Encoding.UTF8.GetString(GetBuffer(), 0, (int)Length);
                }
            }
        }

        public Task Seen(string text)
        {
            var seen = new TaskCompletionSource();
            lock (_lock)
            {
                _awaited.Add((text, seen));
            }

            Tell();
            return seen.Task;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Open.Task;
            lock (_lock)
            {
                Write(buffer.Span);
            }

            Tell();
        }

        private void Tell()
        {
            lock (_lock)
            {
                _awaited.Where(entry => Text.Contains(entry.Text, StringComparison.Ordinal)).ToList()
                    .ForEach(entry => entry.Seen.TrySetResult());
            }
        }
    }
}
