using System.Globalization;
using System.IO.Compression;
using ScratchNet.Kernels;
using ScratchNet.Tests.Cli;
using ScratchNet.Training;
using Xunit;

namespace ScratchNet.Tests.Studio;

/// <summary>The studio as a person uses it, in a real browser.</summary>
public sealed class BrowserTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private static readonly (double, double)[] One = [(0.5, 0.2), (0.5, 0.8)];
    private static readonly (double, double)[] Seven = [(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)];

    [SkippableFact]
    public async Task A_digit_is_drawn_seen_and_explained()
    {
        await using var page = await browser.Open("draw");
        await page.UntilTrue("document.querySelectorAll('#bars li').length === 10");
        await page.Draw(One);
        await page.Until("verdict", "^1,");
        await page.Until("latency", "median .* ms");
        Assert.Equal(["grey", "ink", "cropped", "scaled", "centred"],
            (await page.Page.Locator("#steps figcaption").AllInnerTextsAsync()).Select(text => text.Split('\n')[0]));
        await page.UntilTrue("document.querySelectorAll('#neighbours canvas').length === 8");
        Assert.Equal(2, await page.Page.Locator("#activations canvas").CountAsync());
        Assert.Equal("1", await page.Text("for"));

        // Asking about another class turns the gradient round.
        await page.Page.ClickAsync("#bars li:nth-child(8) button");
        await page.Until("for", "^7$");
        await page.Click("clear");
        await page.Until("verdict", "nothing yet");
        page.AssertClean();
    }

    [SkippableFact]
    public async Task A_digit_is_drawn_with_the_keyboard()
    {
        await using var page = await browser.Open("draw");
        await page.UntilTrue("document.querySelectorAll('#bars li').length === 10");
        await page.Page.FocusAsync("#pad");
        foreach (var key in Enumerable.Repeat("ArrowUp", 8).Append(" ").Concat(Enumerable.Repeat("ArrowDown", 17)).Append(" "))
        {
            await page.Page.Keyboard.PressAsync(key == " " ? "Space" : key);
        }

        await page.Until("verdict", "^1,");
        await page.Page.Keyboard.PressAsync("Delete");
        await page.Until("verdict", "nothing yet");
        page.AssertClean();
    }

    [SkippableFact]
    public async Task A_lesson_changes_the_answer_and_can_be_taken_back()
    {
        await using var page = await browser.Open("draw");
        await page.UntilTrue("document.querySelectorAll('#bars li').length === 10");
        await page.Draw(One);
        await page.Until("verdict", "^1,");
        var before = await page.Text("verdict");
        await page.Page.ClickAsync("#keys button:nth-child(8)");
        await page.Until("lesson", "Learnt in [0-9]+ steps");
        await page.Until("verdict", "^7,");
        await page.Click("undo");
        await page.Until("verdict", $"^{before}$");
        page.AssertClean();
    }

    [SkippableFact]
    public async Task A_picture_without_a_digit_says_so()
    {
        await using var page = await browser.Open("draw");
        await page.UntilTrue("document.querySelectorAll('#bars li').length === 10");
        var file = browser.Studio.File("blank.bmp");
        Bitmap.Write(file, new byte[30 * 30], 30, 30);
        await page.Page.SetInputFilesAsync("#file", file);
        await page.Until("none", "no digit found.*30x30 pixels");
        await page.Until("verdict", "no digit");
        page.AssertClean();
    }

    [SkippableFact]
    public async Task A_network_trains_to_an_accuracy_and_is_exported()
    {
        await using var page = await browser.Open("train");
        await NewRun(page, ("hidden", "32"), ("epochs", "8"), ("learning-rate", "0.003"));
        await page.Click("toggle");
        await page.Until("phase", "done");
        await page.Until("validation", "%");
        var validation = (await page.Text("validation")).TrimEnd('%');
        Assert.InRange(double.Parse(validation, CultureInfo.InvariantCulture), 80, 100);
        await page.UntilTrue("document.querySelectorAll('#mistakes canvas').length > 0");
        await page.UntilTrue("document.querySelectorAll('#units canvas').length === 32");
        Assert.Equal(4, await page.Page.Locator("#histograms canvas").CountAsync());

        var model = await Download(page, "export-model");
        using var backend = new CpuBackend(1);
        using var loaded = TrainedModel.Load(backend, model);
        Assert.Equal(784, loaded.Network.Inputs);
        using var zip = ZipFile.OpenRead(await Download(page, "export-run"));
        Assert.Equal(["checkpoint.safetensors", "metrics.csv", "model.safetensors", "settings.json"],
            zip.Entries.Select(entry => entry.Name).Order());
        page.AssertClean();
    }

    [SkippableFact]
    public async Task Steps_are_made_one_by_one_and_a_rewind_gives_the_same_bits()
    {
        await using var page = await browser.Open("train");
        await NewRun(page, ("hidden", "16"), ("epochs", "50"));
        await page.Click("step");
        await page.Until("steps", "^1$");
        await page.Click("step");
        await page.Until("steps", "^2$");
        var (start, second) = (await page.Text("start"), await page.Text("now"));
        Assert.NotEqual(start, second);

        await page.Click("rewind");
        await page.Until("steps", "^0$");
        await page.Until("now", start);
        await page.Click("step");
        await page.Until("steps", "^1$");
        await page.Click("step");
        await page.Until("now", second);
        await page.Until("same", "3 of 3 .* the same bits");
        page.AssertClean();
    }

    [SkippableFact]
    public async Task A_run_goes_on_through_a_reload_and_every_tab_shows_it()
    {
        await using var page = await browser.Open("train");
        await NewRun(page, ("hidden", "8"), ("epochs", "100000"));
        await page.Click("toggle");
        await page.UntilTrue("parseInt(document.getElementById('steps').textContent) > 20");
        await page.Page.ReloadAsync();
        await page.Until("phase", "trains");
        await page.UntilTrue("parseInt(document.getElementById('steps').textContent) > 20");
        Assert.Equal("8", await page.Page.InputValueAsync("[name=hidden]"));

        await using var other = await browser.Open("train");
        await other.Until("phase", "trains");
        await other.Click("toggle");
        await page.Until("phase", "stands still");
        await other.Until("phase", "stands still");
        Assert.Equal(await other.Text("now"), await page.Text("now"));
        page.AssertClean();
        other.AssertClean();
    }

    [SkippableFact]
    public async Task Settings_travel_in_a_link()
    {
        await using var page = await browser.Open("train");
        await page.UntilTrue("document.querySelector('[name=hidden]').value !== ''");
        await page.Page.FillAsync("[name=hidden]", "12,7");
        await page.Page.SelectOptionAsync("[name=activation]", "tanh");
        await page.Click("share");
        await page.UntilTrue("location.hash.length > 1");
        var link = new Uri(page.Page.Url);
        await using var other = await browser.Open(link.PathAndQuery.TrimStart('/') + link.Fragment);
        await other.UntilTrue("document.querySelector('[name=hidden]').value === '12,7'");
        Assert.Equal("tanh", await other.Page.InputValueAsync("[name=activation]"));
        other.AssertClean();
    }

    [SkippableFact]
    public async Task A_wrong_setting_is_told_on_the_page()
    {
        await using var page = await browser.Open("train");
        await page.UntilTrue("document.querySelector('[name=hidden]').value !== ''");
        await page.Page.FillAsync("[name=hidden]", "many");
        await page.Click("new");
        await page.Until("notices", "--hidden is 'many'");
    }

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
        await using var page = await browser.Open(path, width: 390, isDark: true);
        await page.Page.WaitForLoadStateAsync();
        if (path == "draw")
        {
            await page.UntilTrue("document.querySelectorAll('#bars li').length === 10");
            await page.Draw(Seven);
            await page.UntilTrue("document.querySelectorAll('#neighbours canvas').length === 8");
        }

        Assert.Equal(390, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
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

    private static Task<string> Background(StudioPage page) =>
        page.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");

    private static async Task NewRun(StudioPage page, params (string Name, string Value)[] settings)
    {
        await page.UntilTrue("document.querySelector('[name=hidden]').value !== ''");
        await page.Until("phase", "no run yet|stands still|done|trains");
        await page.Page.SelectOptionAsync("[name=dataset]", "digits");
        await page.Page.SelectOptionAsync("[name=augment]", "no");
        foreach (var (name, value) in settings)
        {
            await page.Page.FillAsync($"[name={name}]", value);
        }

        await page.Click("new");
        await page.Until("steps", "^0$");
        await page.Until("phase", "stands still");
    }

    private async Task<string> Download(StudioPage page, string id)
    {
        var download = await page.Page.RunAndWaitForDownloadAsync(() => page.Click(id));
        var path = browser.Studio.File($"{id}-{Guid.NewGuid():N}");
        await download.SaveAsAsync(path);
        return path;
    }
}
