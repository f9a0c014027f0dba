using ScratchNet.Tests.Cli;
using Xunit;

namespace ScratchNet.Tests.Studio;

public sealed partial class BrowserTests
{
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
    public async Task A_digit_is_drawn_with_a_finger_on_a_phone_and_the_bars_are_in_sight()
    {
        await using var page = await browser.Open("draw", width: Phone);
        await page.Page.SetViewportSizeAsync(Phone, 667);
        await page.UntilTrue("document.querySelectorAll('#bars li').length === 10");
        var paper = (await page.Page.Locator("#pad").BoundingBoxAsync())!;
        var touch = await page.Page.Context.NewCDPSessionAsync(page.Page);
        Task Touch(string type, params (int Id, double X, double Y)[] fingers)
        {
            var points = fingers.Select(finger => new
            {
                id = finger.Id, x = paper.X + (finger.X * paper.Width), y = paper.Y + (finger.Y * paper.Height),
            });
            return touch.SendAsync("Input.dispatchTouchEvent", new() { ["type"] = type, ["touchPoints"] = points.ToArray() });
        }

        // A palm that comes to rest on the paper draws nothing.
        await Touch("touchStart", (0, 0.5, 0.2));
        await Touch("touchStart", (0, 0.5, 0.2), (1, 0.9, 0.9));
        for (var y = 0.25; y < 0.8; y += 0.05)
        {
            await Touch("touchMove", (0, 0.5, y), (1, 0.9, 0.9));
        }

        await Touch("touchEnd");
        await page.Until("verdict", "^1,");
        Assert.Equal(0, await page.Page.EvaluateAsync<double>("scrollY"));
        var bars = (await page.Page.Locator("#bars").BoundingBoxAsync())!;
        Assert.True(bars.Y + bars.Height <= 667, $"the bars end at {bars.Y + bars.Height}");
        page.AssertClean();
    }

    [SkippableFact]
    public async Task A_picture_is_dropped_and_what_is_none_is_refused()
    {
        await using var page = await browser.Open("draw");
        await page.UntilTrue("document.querySelectorAll('#bars li').length === 10");
        var file = browser.Studio.File("large.bmp");
        Bitmap.Write(file, LargeOne(), 900, 600);
        await Drop(page, "one.bmp", await File.ReadAllBytesAsync(file));
        await page.Until("verdict", "^1,");
        await page.Until("how", "Light ink on dark; cropped to 3[0-9]×[0-9]+ at 4[0-9]+, ");

        await Drop(page, "words.png", "no picture"u8.ToArray());
        await page.Until("notices", "expected a PNG, JPEG or BMP");
        await page.Until("verdict", "nothing yet");
    }

    [SkippableFact]
    public async Task What_is_unlike_every_digit_is_doubted()
    {
        await using var page = await browser.Open("draw");
        await page.UntilTrue("document.querySelectorAll('#bars li').length === 10");
        await page.Draw((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.2, 0.2));
        await page.Until("verdict", "^perhaps ");
        await page.Until("none", "This may be no digit.*See below what it saw");
        await page.Click("clear");
        await page.Draw(Seven);
        await page.Until("verdict", "^7,");
        Assert.False(await page.Page.IsVisibleAsync("#none"));
        page.AssertClean();
    }

    [SkippableFact]
    public async Task A_model_is_opened_and_a_damaged_one_changes_nothing()
    {
        await using var page = await browser.Open("draw");
        await page.UntilTrue("document.querySelectorAll('#bars li').length === 10");
        var name = await page.Text("model-about");
        var model = await File.ReadAllBytesAsync(browser.Studio.Model);
        var damaged = browser.Studio.File("damaged.safetensors");
        await File.WriteAllBytesAsync(damaged, model[..^100]);
        await page.Page.SetInputFilesAsync("#model", damaged);
        await page.Until("notices", "damaged.safetensors: byte [0-9]+: .*damaged");
        Assert.Equal(name, await page.Text("model-about"));

        var good = browser.Studio.File("mine.safetensors");
        await File.WriteAllBytesAsync(good, model);
        await page.Page.SetInputFilesAsync("#model", good);
        await page.Until("model-about", "^mine.safetensors$");
        await page.Draw(One);
        await page.Until("verdict", "^1,");
    }

    /// <summary>A picture of 900 x 600 with an upright line.</summary>
    private static byte[] LargeOne()
    {
        var pixels = new byte[900 * 600];
        for (var row = 100; row < 500; row++)
        {
            pixels.AsSpan((row * 900) + 440, 30).Fill(255);
        }

        return pixels;
    }

    private static Task Drop(StudioPage page, string name, byte[] bytes) => page.Page.EvaluateAsync(
        """
        ([name, text]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name));
          window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
        }
        """, new[] { name, Convert.ToBase64String(bytes) });
}
