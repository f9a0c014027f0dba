using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ScratchNet.Cli.Studio.Server;

/// <summary>The web server: security first, then pages, then the sessions' requests.</summary>
internal sealed class StudioServer : IAsyncDisposable
{
    /// <summary>The largest picture that is taken, in bytes.</summary>
    public const long MostBodyBytes = 20 << 20;

    private const int MostConnections = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly Guard _guard;

    private StudioServer(WebApplication app, Guard guard, string address) => (_app, _guard, Address) = (app, guard, address);

    /// <summary>What to open in a browser.</summary>
    public string Address { get; }

    /// <summary>Starts to serve.</summary>
    /// <param name="address">Address to listen at.</param>
    /// <param name="port">Port to listen at; 0 takes any that is free.</param>
    /// <param name="host">The address as the person wrote it.</param>
    /// <param name="sessions">What the pages talk to.</param>
    public static async Task<StudioServer> Start(IPAddress address, int port, string host, Sessions sessions)
    {
        // An empty builder reads neither files nor environment: what lies in the current folder must not reconfigure the server.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Listen(address, port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(hosting => hosting.ShutdownTimeout = Patience);
        var app = builder.Build();
        var name = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? Dns.GetHostName() : host;
        var guard = new Guard(host, name);
        var assets = new Assets();
        app.Use(next => context => Failures.Answer(context, next));
        app.Use(next => context => guard.Check(context, next));
        app.Use(next => async context =>
        {
            if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)
                || !await assets.Send(context))
            {
                await next(context);
            }
        });
        app.UseRouting();
        app.MapGet("/", context =>
        {
            context.Response.Redirect("/draw");
            return Task.CompletedTask;
        });
        sessions.Map(new Routes(app));
        await app.StartAsync();
        var bound = new Uri(app.Urls.First()).Port;
        return new StudioServer(app, guard, $"http://{(name.Contains(':') ? $"[{name}]" : name)}:{bound}/");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _guard.Dispose();
    }
}
