using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ScratchNet.Cli.Studio.Server;

/// <summary>Where sessions register what they answer.</summary>
internal sealed class Routes(WebApplication app)
{
    private readonly CancellationToken _stopping =
        app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    /// <summary>A request that asks for something to be done and is answered with JSON.</summary>
    public void Post(string path, Func<HttpRequest, Task<object>> answer) => app.MapPost(path, context => Write(context, answer));

    /// <summary>A request that only looks.</summary>
    public void Get(string path, Func<HttpRequest, Task<object>> answer) => app.MapGet(path, context => Write(context, answer));

    /// <summary>A file to download.</summary>
    public void Download(string path, Func<Task<(string Name, byte[] Bytes)>> make) => app.MapGet(path, async context =>
    {
        var (name, bytes) = await make();
        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    });

    /// <summary>The states of a session as they come.</summary>
    /// <param name="path">Where to ask for them.</param>
    /// <param name="feed">Where they come from.</param>
    /// <param name="opened">Called whenever a browser begins to follow.</param>
    public void Stream(string path, Feed feed, Action? opened = null) => app.MapGet(path, context =>
    {
        opened?.Invoke();
        return feed.Stream(context, _stopping);
    });

    private static async Task Write(HttpContext context, Func<HttpRequest, Task<object>> answer)
    {
        var result = await answer(context.Request);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(result, result.GetType(), context.RequestAborted);
    }
}
