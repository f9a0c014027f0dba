using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Tests.Studio;
using Xunit;

namespace ScratchNet.Tests.Explain;

/// <summary>The page as a person uses it, opened from the disk in a real browser.</summary>
public sealed class ExplainPageTests : IAsyncLifetime
{
    private readonly ExplainedModel _model = new();
    private ChromiumBrowser? _browser;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _model.Dispose();
    }

    [SkippableFact]
    public async Task Every_step_is_reached_forwards_and_backwards_by_mouse_and_keyboard()
    {
        await using var page = await Open();
        var titles = Titles();
        Assert.Equal(titles[0], await Title(page));
        Assert.True(await page.Page.IsDisabledAsync("#back"));
        await Walk(titles[1..], () => page.Click("next"));
        Assert.True(await page.Page.IsDisabledAsync("#next"));
        await Walk(titles[..^1].Reverse(), () => page.Click("back"));
        await Walk(titles[1..], () => page.Page.Keyboard.PressAsync("ArrowRight"));
        await Walk(titles[..^1].Reverse(), () => page.Page.Keyboard.PressAsync("ArrowLeft"));
        await Walk([titles[^1]], () => page.Page.Keyboard.PressAsync("End"));
        await Walk([titles[0]], () => page.Page.Keyboard.PressAsync("Home"));

        // The map has a stop for each step, and a link can name one.
        Assert.Equal(titles.Length, await page.Page.Locator(".map button").CountAsync());
        await Walk([titles[5]], () => page.Page.ClickAsync(".map [data-step='5']"));
        Assert.EndsWith("#6", page.Page.Url, StringComparison.Ordinal);
        await Walk([titles[2]], () => page.Page.EvaluateAsync("location.hash = '#3'"));
        page.AssertClean();

        async Task Walk(IEnumerable<string> expected, Func<Task> go)
        {
            foreach (var title in expected)
            {
                await go();
                await Assertions.Expect(page.Page.Locator("#step h2")).ToHaveTextAsync(title);
            }
        }
    }

    [SkippableFact]
    public async Task Its_numbers_are_the_engines()
    {
        await using var page = await Open("--sample", "2", "--weight", "2:3,7");
        using var optimizer = new Adam();
        using var model = _model.Step(2, optimizer);
        var weights = ((Dense)model.Network.Layers[1]).Weights;
        Assert.Equal(Six(weights.Values.ToArray()[37]), await Find("w after"));
        Assert.Equal(Six(weights.Gradients.ToArray()[37]), await Find("dw[3,7]"));
        Assert.Equal(Six(model.Network.Loss.Losses.ToArray()[0]), await Find("L after"));

        // Where a gradient and its difference agree, the page says so, and here all do.
        await page.Click("back");
        Assert.Equal(0, await page.Page.Locator(".numeric.differs").CountAsync());
        page.AssertClean();

        async Task<double> Find(string name)
        {
            for (var step = 0; step < Titles().Length; step++)
            {
                await page.Page.EvaluateAsync($"location.hash = '#{step + 1}'");
                await Assertions.Expect(page.Page.Locator("#step h2")).ToHaveTextAsync(Titles()[step]);
                var line = page.Page.Locator(".line", new() { HasText = $"{name} =" });
                if (await line.CountAsync() > 0)
                {
                    var shown = await line.Last.Locator(".equation b").InnerTextAsync();
                    return double.Parse(shown, CultureInfo.InvariantCulture);
                }
            }

            throw new InvalidOperationException($"the page shows no {name}");
        }
    }

    [SkippableFact]
    public async Task A_gradient_that_differs_from_its_numeric_one_is_marked()
    {
        _model.Make().Write("--sample", "2");
        var html = await File.ReadAllTextAsync(_model.Page);
        var numeric = Steps().SelectMany(step => step.GetProperty("lines").EnumerateArray())
            .Select(line => line.GetProperty("numeric")).First(value => value.ValueKind == JsonValueKind.Number).GetRawText();
        await File.WriteAllTextAsync(_model.Page,
            html.Replace($"\"numeric\":{numeric}", "\"numeric\":0.75", StringComparison.Ordinal));
        await using var page = await OpenFile();
        await page.Page.EvaluateAsync("location.hash = '#5'");
        await Assertions.Expect(page.Page.Locator(".numeric.differs")).ToHaveTextAsync("✗ numeric 0.75");
        page.AssertClean();
    }

    [SkippableFact]
    public async Task The_quiz_hides_a_number_until_it_is_guessed_and_no_later_one_tells_it()
    {
        _model.Make(Activation.Tanh).Write();
        await using var page = await OpenFile();
        await page.Click("next");
        var lines = Steps()[1].GetProperty("lines");
        var value = lines[0].GetProperty("value").GetDouble();
        await page.Click("quiz");
        var text = await page.Page.InnerTextAsync("#step");
        Assert.DoesNotContain(Shown(lines[0]), text, StringComparison.Ordinal);
        Assert.DoesNotContain(Shown(lines[1]), text, StringComparison.Ordinal);
        Assert.Equal(1, await page.Page.Locator(".guess").CountAsync());

        await Guess("much");
        await Says("no number");
        await Guess(Text(-value));
        await Says("sign");
        await Guess(Text(3 * value));
        await Says("too large");
        await Guess(Text(0.5 * value));
        await Says("too small");
        await Guess(Text(1.01 * value));
        await Assertions.Expect(page.Page.Locator(".line").First.Locator("b")).ToHaveTextAsync(Shown(lines[0]));
        await Assertions.Expect(page.Page.Locator("#where")).ToContainTextAsync("1 guessed, 0 shown");

        // The next one waits with the cursor in it; Show gives it up.
        Assert.Equal("your guess for y[0]", await page.Page.EvaluateAsync<string>("document.activeElement.ariaLabel"));
        await page.Page.ClickAsync(".reveal");
        await Assertions.Expect(page.Page.Locator("#where")).ToContainTextAsync("1 guessed, 1 shown");
        await page.Click("quiz");
        Assert.Equal(0, await page.Page.Locator(".guess, .veiled").CountAsync());
        page.AssertClean();

        async Task Guess(string guess)
        {
            await page.Page.FillAsync(".guess input", guess);
            await page.Page.Keyboard.PressAsync("Enter");
        }

        Task Says(string part) => Assertions.Expect(page.Page.Locator(".guess [role=status]")).ToContainTextAsync(part);
    }

    [SkippableFact]
    public async Task The_first_layers_gradients_are_pictures()
    {
        await using var page = await Open();
        var step = Steps().ToList().FindIndex(step => step.GetProperty("title").GetString() == "Layer 1: dw");
        await page.Page.EvaluateAsync($"location.hash = '#{step + 1}'");
        await Assertions.Expect(page.Page.Locator("#step h2")).ToHaveTextAsync("Layer 1: dw");
        var pictures = Steps()[step].GetProperty("pictures").EnumerateArray().ToList();
        Assert.Equal(8, pictures.Count);
        Assert.Equal(8, await page.Page.Locator(".strips canvas").CountAsync());
        for (var i = 0; i < pictures.Count; i++)
        {
            // Orange above zero, blue below.
            float[] values = [.. pictures[i].GetProperty("values").EnumerateArray().Select(value => value.GetSingle())];
            var strongest = Enumerable.Range(0, values.Length).MaxBy(p => Math.Abs(values[p]));
            var pixel = await page.Page.EvaluateAsync<int[]>($"Array.from(document.querySelectorAll('.strips canvas')[{i}]"
                + $".getContext('2d').getImageData({strongest % 28}, {strongest / 28}, 1, 1).data)");
            Assert.True(values[strongest] == 0 ? pixel[3] == 0 : pixel[0] > pixel[2] == values[strongest] > 0, $"picture {i}");
        }

        page.AssertClean();
    }

    [SkippableTheory]
    [InlineData(360, true)]
    [InlineData(360, false)]
    [InlineData(1280, true)]
    [InlineData(1280, false)]
    public async Task Every_step_fits_its_window_and_can_be_read_in_light_and_dark(int width, bool isDark)
    {
        _model.MakeOf(
            [new Dense(8, Activation.Relu), new Dropout(0.5f), new Dense(10)], new SoftmaxCrossEntropy()).Write();
        _browser ??= await ChromiumBrowser.Launch();
        await using var page = await _browser.Open(new Uri(_model.Page).AbsoluteUri, width: width, isDark: isDark);
        for (var step = 0; step < Titles().Length; step++)
        {
            await page.Page.EvaluateAsync($"location.hash = '#{step + 1}'");
            await Assertions.Expect(page.Page.Locator("#step h2")).ToHaveTextAsync(Titles()[step]);
            Assert.Equal(width, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
            Assert.Empty(await page.Page.EvaluateAsync<string[]>(FaintTexts));
        }

        var background = await page.Page.EvaluateAsync<int[]>(
            "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)");
        Assert.Equal(isDark, background.Max() < 64);
        page.AssertClean();
    }

    // Texts with less contrast to what is behind them than 4.5, which WCAG 2.1 asks for (criterion 1.4.3); disabled buttons are
    // exempt.
    private const string FaintTexts = """
        () => {
          const rgb = text => text.match(/[\d.]+/g).map(Number);
          const linear = c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
          const luminance = ([r, g, b]) => [r, g, b].map(c => linear(c / 255))
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = node => {
            for (; node; node = node.parentElement) {
              const colour = rgb(getComputedStyle(node).backgroundColor);
              if (colour.length === 3 || colour[3] > 0) { return colour; }
            }
            return [255, 255, 255];
          };
          const hasText = node => [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
          return [...document.querySelectorAll('#page *')]
            .filter(node => !node.disabled && hasText(node) && node.checkVisibility()).filter(node => {
              const [a, b] = [luminance(rgb(getComputedStyle(node).color)), luminance(behind(node))];
              return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
            }).map(node => node.textContent);
        }
        """;

    private Task<StudioPage> Open(params string[] args)
    {
        _model.Make().Write(args);
        return OpenFile();
    }

    private async Task<StudioPage> OpenFile()
    {
        _browser ??= await ChromiumBrowser.Launch();
        return await _browser.Open(new Uri(_model.Page).AbsoluteUri);
    }

    private JsonElement[] Steps() => [.. _model.Read().GetProperty("steps").EnumerateArray()];

    private string[] Titles() => [.. Steps().Select(step => step.GetProperty("title").GetString()!)];

    private static Task<string> Title(StudioPage page) => page.Page.InnerTextAsync("#step h2");

    private static double Six(float value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Shown(JsonElement line) => Text(Six(line.GetProperty("value").GetSingle()));
}
