using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace ScratchNet.Cli.Studio.Server;

/// <summary>
/// Stands before every request. A page of another site must not reach the studio through its visitor's browser: neither directly
/// (Origin) nor under a name of its own that it has made point here (Host; "DNS rebinding"). Answers tell the browser
/// to run and show only what this server sent.
/// </summary>
internal sealed class Guard : IDisposable
{
    /// <summary>Far above what the pages ask for (at most one a frame while drawing), far below what would hurt.</summary>
    private const int RequestsPerSecond = 240;
    private const int Burst = 480;

    private const string ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly IReadOnlyCollection<string> _names;
    private readonly PartitionedRateLimiter<IPAddress> _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Burst,
            TokensPerPeriod = RequestsPerSecond / 10,
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
        }));

    /// <summary>Makes a guard.</summary>
    /// <param name="names">The names that the server goes by, beside its addresses and localhost.</param>
    public Guard(params IReadOnlyCollection<string> names) => _names = names;

    /// <summary>Lets a request pass or refuses it.</summary>
    public async Task Check(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        using var lease = _limiter.AttemptAcquire(context.Connection.RemoteIpAddress ?? IPAddress.None);
        if (!lease.IsAcquired)
        {
            headers.RetryAfter = "1";
            throw new RequestException(429, $"more than {RequestsPerSecond} requests a second; wait a second");
        }

        CheckHost(context.Request);
        CheckOrigin(context.Request);
        await next(context);
    }

    public void Dispose() => _limiter.Dispose();

    /// <summary>
    /// An address cannot be made to point elsewhere; a name can, so only names known to be this machine's pass.
    /// </summary>
    private void CheckHost(HttpRequest request)
    {
        var name = request.Host.Host;
        var isAddress = IPAddress.TryParse(name.Trim('[', ']'), out _);
        if (!isAddress && !Is(name, "localhost") && !_names.Any(known => Is(name, known)))
        {
            throw new RequestException(403,
                $"this server is not '{Terminal.OneLine(name)}'; open it under the address that it printed");
        }
    }

    private static void CheckOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        var isForeign = origin.Length > 0 && !Is(origin, $"{request.Scheme}://{request.Host}");
        if (isForeign || request.Headers["Sec-Fetch-Site"] == "cross-site")
        {
            throw new RequestException(403,
                "this request comes from a page of another site; only the studio's own pages may ask");
        }
    }

    private static bool Is(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
