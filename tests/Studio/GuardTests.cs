using System.Net;
using Microsoft.AspNetCore.Http;
using ScratchNet.Cli.Studio.Server;
using Xunit;

namespace ScratchNet.Tests.Studio;

public class GuardTests
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

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("192.168.1.7", true)]
    [InlineData("[::1]", true)]
    [InlineData("Desk.lan", true)]
    [InlineData("evil.test", false)]
    [InlineData("desk.lan.evil.test", false)]
    public async Task Only_names_known_to_be_this_machines_pass(string name, bool passes)
    {
        using var guard = new Guard("0.0.0.0", "desk.lan");
        var refusal = await Record.ExceptionAsync(() => Ask(guard, 1, name));
        Assert.Equal(passes ? null : 403, (refusal as RequestException)?.Status);
    }

    private static Task Ask(Guard guard, byte from, string name = "127.0.0.1")
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = new IPAddress([10, 0, 0, from]);
        context.Request.Host = new HostString(name, 4280);
        return guard.Check(context, _ => Task.CompletedTask);
    }
}
