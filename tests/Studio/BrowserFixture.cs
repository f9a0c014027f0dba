using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace ScratchNet.Tests.Studio;

/// <summary>A studio, and a headless Chromium to open it in. Without a browser every test that opens a page skips.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private ChromiumBrowser? _browser;

    /// <summary>The studio.</summary>
    public StudioFixture Studio { get; } = new();

    public Task InitializeAsync() => Studio.InitializeAsync();

    /// <summary>Opens one of the studio's pages.</summary>
    /// <param name="path">Which.</param>
    /// <param name="width">Width of the window.</param>
    /// <param name="isDark">Whether the system is dark.</param>
    public async Task<StudioPage> Open(string path, int width = 1280, bool isDark = false)
    {
        _browser ??= await ChromiumBrowser.Launch();
        return await _browser.Open(Studio.Address, path, width, isDark);
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        await Studio.DisposeAsync();
    }
}

/// <summary>A page that notes what it should not do: log errors, or ask another host.</summary>
public sealed class StudioPage : IAsyncDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly IBrowserContext _context;
    private readonly List<string> _faults = [];

    private StudioPage(IBrowserContext context, IPage page, string address)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"console: {message.Text}");
        page.PageError += (_, error) => Note(true, $"error: {error}");
        page.Request += (_, request) => Note(!request.Url.StartsWith(address, StringComparison.Ordinal)
            && !request.Url.StartsWith("blob:", StringComparison.Ordinal)
            && !request.Url.StartsWith("data:", StringComparison.Ordinal),
            $"request to {request.Url}");
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
    }

    public IPage Page { get; }

    public static async Task<StudioPage> Open(IBrowserContext context, string address, string path)
    {
        var page = new StudioPage(context, await context.NewPageAsync(), address);
        await page.Page.GotoAsync(address + path);
        return page;
    }

    /// <summary>Clicks the element of an id.</summary>
    public Task Click(string id) => Page.ClickAsync("#" + id);

    /// <summary>The text of the element of an id.</summary>
    public Task<string> Text(string id) => Page.InnerTextAsync("#" + id);

    /// <summary>Waits until the text of an element matches a regular expression.</summary>
    public Task Until(string id, string pattern) => Assertions.Expect(Page.Locator("#" + id))
        .ToHaveTextAsync(new Regex(pattern), new() { Timeout = (float)Patience.TotalMilliseconds });

    /// <summary>
    /// Waits until a script's value is true, looking once a frame. Playwright's own way compiles the script in the page, which
    /// the page's
    /// content security policy forbids.
    /// </summary>
    public async Task UntilTrue(string script)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await Page.EvaluateAsync<bool>(script))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"was never true: {script}");
            await Page.EvaluateAsync("() => new Promise(requestAnimationFrame)");
        }
    }

    /// <summary>Draws lines with the mouse and waits for the answer; places are shares of the paper's side.</summary>
    public async Task Draw(params (double X, double Y)[] points)
    {
        var box = (await Page.Locator("#pad").BoundingBoxAsync())!;
        async Task Move((double X, double Y) to) =>
            await Page.Mouse.MoveAsync(
                (float)(box.X + (to.X * box.Width)), (float)(box.Y + (to.Y * box.Height)), new() { Steps = 8 });
        await Move(points[0]);
        await Page.Mouse.DownAsync();
        foreach (var point in points[1..])
        {
            await Move(point);
        }

        await Page.Mouse.UpAsync();
        await UntilTrue("document.getElementById('bars').getAttribute('aria-busy') === 'false'");
    }

    /// <summary>Fails if the page did what it should not.</summary>
    public void AssertClean()
    {
        lock (_faults)
        {
            Assert.Empty(_faults);
        }
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Note(bool isFault, string text)
    {
        lock (_faults)
        {
            if (isFault)
            {
                _faults.Add(text);
            }
        }
    }
}
