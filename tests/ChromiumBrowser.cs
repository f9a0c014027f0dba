using Microsoft.Playwright;
using ScratchNet.Tests.Studio;

namespace ScratchNet.Tests;

/// <summary>A headless Chromium, for the pages of the studio and for those on disk.</summary>
public sealed class ChromiumBrowser : IAsyncDisposable
{
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private ChromiumBrowser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Starts it; skips the test where there is none.</summary>
    public static async Task<ChromiumBrowser> Launch()
    {
        var chromium = Requirements.Chromium();
        var playwright = await Playwright.CreateAsync();
        return new(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = Flags }));
    }

    /// <summary>Opens a page that may ask nothing but what its own address begins with.</summary>
    /// <param name="address">The beginning of the address.</param>
    /// <param name="path">The rest of it.</param>
    /// <param name="width">Width of the window.</param>
    /// <param name="isDark">Whether the system is dark.</param>
    public async Task<StudioPage> Open(string address, string path = "", int width = 1280, bool isDark = false)
    {
        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            HasTouch = width < 500,
        });
        context.SetDefaultTimeout((float)StudioPage.Patience.TotalMilliseconds);
        return await StudioPage.Open(context, address, path);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
