using Xunit;

namespace ScratchNet.Tests.Studio;

/// <summary>The studio as a person uses it, in a real browser.</summary>
public sealed partial class BrowserTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private const int Phone = 360;

    private static readonly (double, double)[] One = [(0.5, 0.2), (0.5, 0.8)];
    private static readonly (double, double)[] Seven = [(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)];

    [SkippableFact]
    public async Task A_ladder_is_measured_and_its_code_read()
    {
        await using var page = await browser.Open("kernels");
        await page.Until("code-title", "matmul/");
        await page.Page.FillAsync("#size", "24");
        await page.Click("run");
        await page.UntilTrue("document.querySelectorAll('#chart .note').length >= 2");
        await page.Page.ClickAsync("#chart button[data-name='matmul/simd']");
        await page.Until("code-title", "matmul/simd");
        await page.Until("code", "namespace ScratchNet.Kernels");

        // Another size stands beside the first.
        await page.Page.FillAsync("#size", "25");
        await page.Click("run");
        await page.Until("chart", "25×25×25.*24×24×24");

        var file = browser.Studio.File("bench.json");
        await File.WriteAllTextAsync(file, """{"op":"adam","variant":"simd","m":64,"n":1,"k":1,"backend":"cpu","threads":2,"""
            + """ "median_seconds":1e-6,"gbps":12.5,"limit":"bandwidth","percent_of_peak":50,"error_ulp":1}""");
        await page.Page.SetInputFilesAsync("#file", file);
        await page.Until("chart", "12.5 GB/s");
        page.AssertClean();
    }

    [SkippableTheory]
    [InlineData("draw")]
    [InlineData("train")]
    [InlineData("playground")]
    [InlineData("kernels")]
    public async Task A_phone_shows_every_page_without_scrolling_sideways(string path)
    {
        await using var page = await browser.Open(path, width: Phone, isDark: true);
        await page.Page.WaitForLoadStateAsync();
        if (path == "draw")
        {
            await page.UntilTrue("document.querySelectorAll('#bars li').length === 10");
            await page.Draw(Seven);
            await page.UntilTrue("document.querySelectorAll('#neighbours canvas').length === 8");
        }

        Assert.Equal(Phone, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        page.AssertClean();
    }

    [SkippableFact]
    public async Task The_theme_can_be_chosen_and_stays()
    {
        await using var page = await browser.Open("draw");
        var light = await Background(page);
        await page.Click("theme");
        var dark = await Background(page);
        Assert.NotEqual(light, dark);
        await page.Page.ReloadAsync();
        Assert.Equal(dark, await Background(page));
        page.AssertClean();
    }

    [SkippableFact]
    public async Task A_page_says_that_the_studio_is_gone_and_finds_it_again()
    {
        await using var page = await browser.Open("playground");
        await page.UntilTrue("document.querySelectorAll('.unit').length > 0");
        await page.Until("link", "^$");
        await browser.Studio.Restart(async () =>
        {
            await page.Until("link", "not connected");
            await page.Click("step");
            await page.Until("notices", "the studio does not answer; is it still running");
        });
        await page.Until("link", "^$");
        var before = await page.Text("step-count");
        await page.Click("step");
        await page.Until("step-count", $"^(?!{before}$)step [0-9]+$");
    }

    private static Task<string> Background(StudioPage page) =>
        page.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
}
