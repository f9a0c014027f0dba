using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ScratchNet.Cli.Studio.Server;

/// <summary>
/// The newest state of a session, topic by topic, for any number of browsers. Publishing swaps a reference and never waits: a
/// browser that is slow misses states in between, but always gets the newest; one that comes later, or again, gets the same.
/// </summary>
internal sealed class Feed
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Version, byte[] Json)> _topics = [];
    private TaskCompletionSource _changed = NewSignal();
    private long _version;

    /// <summary>Replaces a topic's state.</summary>
    public void Publish(string topic, object state)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(state, state.GetType(), JsonSerializerOptions.Web);
        TaskCompletionSource changed;
        lock (_lock)
        {
            _topics[topic] = (++_version, json);
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    /// <summary>
    /// Sends every topic, and each again whenever it has changed, as server-sent events until the browser goes.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="stopping">The server is ending.</param>
    public async Task Stream(HttpContext context, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        var seen = 0L;
        try
        {
            while (true)
            {
                var (news, changed, version) = Since(seen);
                foreach (var (topic, json) in news)
                {
                    await context.Response.WriteAsync($"event: {topic}\ndata: ", either.Token);
                    await context.Response.Body.WriteAsync(json, either.Token);
                    await context.Response.WriteAsync("\n\n", either.Token);
                }

                await context.Response.Body.FlushAsync(either.Token);
                seen = version;
                await changed.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The browser or the server has gone.
        }
    }

    private (IReadOnlyList<(string Topic, byte[] Json)> News, Task Changed, long Version) Since(long seen)
    {
        lock (_lock)
        {
            var news = _topics.Where(topic => topic.Value.Version > seen).OrderBy(topic => topic.Value.Version)
                .Select(topic => (topic.Key, topic.Value.Json)).ToArray();
            return (news, _changed.Task, _version);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
