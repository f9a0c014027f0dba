using System.Net;
using Microsoft.AspNetCore.Http;
using ScratchNet.Cli.Studio.Server;
using Xunit;

namespace ScratchNet.Tests.Studio;

public class RateLimitTests
{
    [Fact]
    public async Task Too_many_requests_are_told_to_wait_and_others_are_not()
    {
        using var guard = new Guard("127.0.0.1");
        var passed = 0;
        var refusal = await Assert.ThrowsAsync<RequestException>(async () =>
        {
            // Without a network in between this takes milliseconds: far more than are let through in that time.
            for (; passed < 100_000; passed++)
            {
                await Ask(guard, 1);
            }
        });
        Assert.Equal(429, refusal.Status);
        Assert.Contains("requests a second", refusal.Message, StringComparison.Ordinal);
        Assert.True(passed >= 480, $"only {passed} were let through");
        await Ask(guard, 2);
    }

    private static Task Ask(Guard guard, byte from)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = new IPAddress([10, 0, 0, from]);
        context.Request.Host = new HostString("127.0.0.1", 4280);
        return guard.Check(context, _ => Task.CompletedTask);
    }
}
