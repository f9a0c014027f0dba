using System.Globalization;
using System.IO.Compression;
using ScratchNet.Kernels;
using ScratchNet.Training;
using Xunit;

namespace ScratchNet.Tests.Studio;

public sealed partial class BrowserTests
{
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

        // First weights have made no mistakes yet.
        await page.Click("rewind");
        await page.UntilTrue("document.querySelectorAll('#mistakes canvas').length === 0");
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

        // An earlier run may stand at step 0 too: what the page says is no sign that the new one is there.
        await page.Page.RunAndWaitForResponseAsync(
            () => page.Click("new"), response => response.Url.EndsWith("/api/train/new", StringComparison.Ordinal));
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
