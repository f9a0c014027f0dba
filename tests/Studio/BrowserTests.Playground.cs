using System.Globalization;
using Xunit;

namespace ScratchNet.Tests.Studio;

public sealed partial class BrowserTests
{
    [SkippableFact]
    public async Task The_playground_learns_and_shows_one_points_way_back()
    {
        await using var page = await browser.Open("playground");
        await page.UntilTrue("document.querySelectorAll('.unit').length === 10");
        await page.Page.SelectOptionAsync("#pace", "0");
        await page.Click("toggle");
        await page.UntilTrue("parseFloat(document.getElementById('right').textContent) >= 95");
        await page.Click("toggle");
        await page.Until("toggle", "Start");

        await page.Click("backward");
        await page.Until("stage", "The loss");
        var stages = new List<string>();
        do
        {
            stages.Add(await page.Page.InnerTextAsync("#stage h3"));
            await page.Click("later");
        }
        while (await page.Page.IsEnabledAsync("#later"));
        stages.Add(await page.Page.InnerTextAsync("#stage h3"));
        Assert.Equal(["The loss", "Layer 3: the scores' gradient", "Layer 3: its weights", "Layer 3: back to what came in",
            "Layer 2: through the activation", "Layer 2: its weights", "Layer 2: back to what came in",
            "Layer 1: through the activation", "Layer 1: its weights"], stages);
        page.AssertClean();
    }

    [SkippableFact]
    public async Task The_playground_takes_points_of_ones_own()
    {
        await using var page = await browser.Open("playground");
        await page.UntilTrue("document.querySelectorAll('.unit').length > 0");
        var file = browser.Studio.File("points.csv");
        await File.WriteAllTextAsync(file, "x,y,class\n0,0,a\n1,1,b\n0,1,c\n");
        await page.Page.SetInputFilesAsync("#csv", file);
        await page.UntilTrue("document.querySelectorAll('.unit[aria-label^=class]').length === 3");
        await page.Page.Locator("#plane").ClickAsync();
        await page.Click("step");
        await page.Until("step-count", "step 1$");
        await page.Page.ClickAsync("#patterns button:first-child");
        await page.UntilTrue("document.querySelectorAll('.unit[aria-label^=class]').length === 2");
        page.AssertClean();
    }

    [SkippableFact]
    public async Task Every_edge_has_its_number_and_backward_numbers_add_up()
    {
        await using var page = await browser.Open("playground");
        await page.UntilTrue("document.querySelectorAll('.unit').length > 0");
        await page.Page.ClickAsync("#patterns button:first-child");
        await page.Click("step");
        await page.UntilTrue($"{Numbers}.length === 2 * 4 + 4 * 2 + 2 * 2");
        Assert.Equal(0, await page.Page.EvaluateAsync<int>(
            $$"""
            {{Numbers}}.map((text) => text.getBoundingClientRect()).filter((a, i, all) => all.slice(i + 1).some((b) =>
              a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length
            """));

        await page.Click("backward");
        await page.Until("stage", "The loss");
        for (var i = 0; i < 3; i++)
        {
            await page.Click("later");
        }

        await page.Until("stage", "Layer 3: back to what came in");
        await page.UntilTrue($"{Numbers}.length === 4");
        var edges = await Read(page, $"{Numbers}.map((text) => text.textContent)");
        var sums = await Read(page, "[...document.querySelectorAll('#stage td:last-child')].map((cell) => cell.textContent)");
        Assert.Equal(2, sums.Length);
        Assert.All(sums, (sum, i) =>
            Assert.Equal(sum, edges[2 * i] + edges[(2 * i) + 1], 2e-3 * (Math.Abs(edges[2 * i]) + Math.Abs(edges[(2 * i) + 1]))));
        await page.Click("forward");
        page.AssertClean();
    }

    [SkippableFact]
    public async Task The_playground_works_without_a_mouse()
    {
        await using var page = await browser.Open("playground");
        await page.UntilTrue("document.querySelectorAll('.unit').length > 0");
        await page.Page.PressAsync("#patterns button:first-child", "Enter");
        await page.Page.FocusAsync("#plane");
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.UntilTrue("document.querySelector('#patterns button:last-child').getAttribute('aria-checked') === 'true'");
        await page.Page.PressAsync("#step", "Space");
        await page.Until("step-count", "step [1-9]");
        await page.Page.FocusAsync(".unit[aria-label='layer 1, unit 1']");
        await page.Until("about-node", "^layer 1, unit 1: y = tanh\\(");
        await page.Page.PressAsync("#backward", "Enter");
        await page.Until("stage", "The loss");
        await page.Page.PressAsync("#later", "Enter");
        await page.Until("stage", "the scores' gradient");
        await page.Page.PressAsync("#forward", "Enter");
        await page.Page.PressAsync("#patterns button:first-child", "Enter");
        page.AssertClean();
    }

    /// <summary>The edges' numbers that are shown, in a script.</summary>
    private const string Numbers = "[...document.querySelectorAll('.diagram text')].filter((text) => text.textContent)";

    /// <summary>Numbers as the page writes them.</summary>
    private static async Task<double[]> Read(StudioPage page, string script) =>
        [.. (await page.Page.EvaluateAsync<string[]>(script)).Select(text =>
            double.Parse(text.Replace('−', '-'), CultureInfo.InvariantCulture))];
}
