using System.Net;
using Xunit;

namespace ScratchNet.Tests.Studio;

/// <summary>In a class of its own, since afterwards its studio answers nobody for a while.</summary>
public sealed class RateLimitTests(StudioFixture studio) : IClassFixture<StudioFixture>
{
    [Fact]
    public async Task Too_many_requests_are_told_to_wait()
    {
        using var client = new HttpClient { BaseAddress = new Uri(studio.Address) };

        // More than the bucket holds; it fills up by 120 a second, which no client is slow enough to wait for.
        for (var i = 0; i < 20_000; i++)
        {
            using var response = await client.GetAsync("icon.svg");
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.Contains("requests a second", await HttpTests.Reason(response), StringComparison.Ordinal);
                return;
            }
        }

        Assert.Fail("20,000 requests in a row were answered");
    }
}
