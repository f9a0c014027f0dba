using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace ScratchNet.Tests.Studio;

/// <summary>What the studio's server answers, and what it refuses.</summary>
public sealed class HttpTests(StudioFixture studio) : IClassFixture<StudioFixture>, IDisposable
{
    private const string Playground =
        """{"data":"moons","noise":0.1,"features":["x","y"],"hidden":[3],"""
        + """ "activation":"tanh","optimizer":"adam","rate":0.03,"batch":10,"seed":1}""";

    private readonly HttpClient _client = new() { BaseAddress = new Uri(studio.Address) };

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("draw")]
    [InlineData("train")]
    [InlineData("playground")]
    [InlineData("kernels")]
    public async Task A_page_and_all_that_it_names_comes_from_here(string page)
    {
        using var response = await _client.GetAsync(page);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        var html = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
        foreach (var path in Named(html))
        {
            using var file = await _client.GetAsync(path);
            Assert.True(file.IsSuccessStatusCode, $"{path} is named but not there");
        }
    }

    [Fact]
    public async Task A_known_file_is_not_sent_again()
    {
        using var first = await _client.GetAsync("css/base.css");
        using var again = new HttpRequestMessage(HttpMethod.Get, "css/base.css");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("Host", "rebound.test")]
    [InlineData("Host", "127.0.0.1.evil.test")]
    [InlineData("Origin", "http://evil.test")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Pages_of_other_sites_are_refused(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/playground/step");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.NotEmpty(await Reason(response));
    }

    [Fact]
    public async Task The_studios_own_pages_are_not_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/playground/step");
        request.Headers.Add("Origin", studio.Address.TrimEnd('/'));
        using var response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("api/train/new", "{\"dataset\":", "no JSON: line 1, byte 12")]
    [InlineData("api/train/new", "[1]", "must be a JSON object, but is a list")]
    [InlineData("api/train/new", "{\"dataset\":\"\\ud800\",\"options\":{}}", "a text that is no valid UTF-8")]
    [InlineData("api/train/new", "{\"dataset\":\"digits\",\"options\":{\"\\udc00\":\"1\"}}", "a text that is no valid UTF-8")]
    [InlineData("api/train/new", "{\"dataset\":7,\"options\":{}}", "'dataset' must be a text, but is a number")]
    [InlineData("api/train/new", "{\"dataset\":\"digits\"}", "'options' is missing")]
    [InlineData("api/train/new", "{\"dataset\":\"digit\",\"options\":{}}", "did you mean 'digits'")]
    [InlineData("api/train/new", "{\"dataset\":\"digits\",\"options\":{\"hiden\":\"4\"}}",
        "no option 'hiden'; did you mean 'hidden'")]
    [InlineData("api/train/new", "{\"dataset\":\"digits\",\"options\":{\"hidden\":\"-4\"}}", "--hidden is '-4'")]
    [InlineData("api/train/new", "{\"dataset\":\"own\",\"options\":{}}", "start the studio with --data")]
    [InlineData("api/playground/change", "{}", "'features' is missing")]
    [InlineData("api/playground/pace", "{\"stepsPerSecond\":-1}", "from 0 to 100000")]
    [InlineData("api/playground/trace", "{\"x\":9,\"y\":0,\"label\":0}", "'x' must be a number from -2 to 2")]
    [InlineData("api/kernels/run", "{\"operation\":\"matmull\",\"device\":\"cpu\"}", "did you mean 'matmul'")]
    [InlineData("api/kernels/run", "{\"operation\":\"matmul\",\"size\":\"8xa\",\"device\":\"cpu\"}", "'a'")]
    [InlineData("api/kernels/run", "{\"operation\":\"matmul\",\"size\":\"8\",\"device\":\"cp\"}", "did you mean 'cpu'")]
    public async Task A_malformed_request_is_told_why(string path, string body, string reason)
    {
        using var response = await _client.PostAsync(path, new StringContent(body));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(reason, await Reason(response), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"hidden\":[3]", "\"hidden\":[9]", "whole numbers from 1 to 8")]
    [InlineData("\"hidden\":[3]", "\"hidden\":[3,3,3,3,3]", "at most 4")]
    [InlineData("\"x\",\"y\"", "\"x\",\"x\"", "each only once")]
    [InlineData("moons", "own\",\"points\":[[0,0,0],[1,1,0]],\"x\":\"", "all 2 points are of one class")]
    [InlineData("moons", "own\",\"points\":[[0,0,0],[1,null,1]],\"x\":\"", "entry 1 is [1,null,1]")]
    [InlineData("0.03", "1e400", "'rate' must be a number")]
    public async Task Playground_settings_that_cannot_be_are_refused(string good, string bad, string reason)
    {
        using var fine = await _client.PostAsync("api/playground/change", new StringContent(Playground));
        Assert.Equal(HttpStatusCode.OK, fine.StatusCode);
        using var response = await _client.PostAsync(
            "api/playground/change", new StringContent(Playground.Replace(good, bad, StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(reason, await Reason(response), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x,y,class\n1,2,a\n3,nan,b", "line 3, column 2: 'nan' is no finite number")]
    [InlineData("1,2,a\n3,b", "line 2: 2 columns, expected 3")]
    [InlineData("1,2,a\n3,4,a", "all 2 points are of one class")]
    [InlineData("\n\n", "holds no points")]
    [InlineData("1,1,a\n1,1,b\n1,1,c\n1,1,d\n1,1,e", "5 classes, but at most 4")]
    public async Task Points_that_teach_nothing_are_refused(string csv, string reason)
    {
        using var response = await _client.PostAsync("api/playground/csv", new StringContent(csv));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(reason, await Reason(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Points_are_read_with_and_without_names_and_fitted_into_the_plane()
    {
        using var response = await _client.PostAsync(
            "api/playground/csv", new StringContent("a;b;c\r\n0;10;left\r\n100;60;right\r\n"));
        var points = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("points");
        Assert.Equal([-0.9, -0.45, 0], points[0].EnumerateArray().Select(value => Math.Round(value.GetDouble(), 9)));
        Assert.Equal([0.9, 0.45, 1], points[1].EnumerateArray().Select(value => Math.Round(value.GetDouble(), 9)));
    }

    [Fact]
    public async Task A_picture_without_a_digit_says_so_and_what_was_seen()
    {
        var blank = new byte[50 * 40];
        Array.Fill(blank, (byte)200);
        using var response = await _client.PostAsync("api/draw/look?width=50&height=40", new ByteArrayContent(blank));
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        var why = answer.GetProperty("whyNone").GetString()!;
        Assert.Contains("no digit found", why, StringComparison.Ordinal);
        Assert.Contains("50x40 pixels, greys from 200 to 200", why, StringComparison.Ordinal);
        Assert.Equal(blank, answer.GetProperty("steps")[0].GetProperty("pixels").GetBytesFromBase64());
    }

    [Theory]
    [InlineData("api/draw/look", "hello", "expected a PNG, JPEG or BMP")]
    [InlineData("api/draw/look?width=4&height=4", "hello", "has 16 bytes, but 5 came")]
    [InlineData("api/draw/look?width=many", "", "'width' must be a whole number")]
    [InlineData("api/draw/look?width=5000&height=1", "", "from 1 to 2048")]
    [InlineData("api/draw/teach?width=2&height=2", "aaaa", "'label' is missing")]
    [InlineData("api/draw/open?name=mine.safetensors", "hello", "mine.safetensors: ")]
    [InlineData("api/draw/open?name=mine.safetensors", "\u0002\0\0\0\0\0\0\0{}", "mine.safetensors: ")]
    public async Task What_is_no_picture_is_refused(string path, string body, string reason)
    {
        using var response = await _client.PostAsync(path, new ByteArrayContent(Encoding.ASCII.GetBytes(body)));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(reason, await Reason(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_seen_of_a_large_picture_is_small()
    {
        var blank = new byte[2000 * 1000];
        using var response = await _client.PostAsync("api/draw/look?width=2000&height=1000", new ByteArrayContent(blank));
        var step = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("steps")[0];
        Assert.Equal((400, 200), (step.GetProperty("width").GetInt32(), step.GetProperty("height").GetInt32()));
        Assert.Equal(400 * 200, step.GetProperty("pixels").GetBytesFromBase64().Length);
    }

    [Fact]
    public async Task A_browser_that_drops_its_connection_disturbs_nobody()
    {
        var port = new Uri(studio.Address).Port;
        string[] requests =
        [
            "POST /api/draw/look HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nhalf of a pict",
            "POST /api/draw/open HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nhalf of a mod",
            "GET /api/playground/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "POST /api/playground/step HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n",
        ];
        foreach (var request in requests)
        {
            using var dropped = new TcpClient("127.0.0.1", port) { LingerState = new LingerOption(true, 0) };
            await dropped.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        }

        using var response = await _client.PostAsync("api/playground/step", null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var look = await _client.PostAsync("api/draw/look?width=2&height=2", new ByteArrayContent(new byte[4]));
        Assert.Equal(HttpStatusCode.OK, look.StatusCode);
    }

    [Fact]
    public async Task Too_large_a_picture_is_refused_before_it_is_read()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/draw/look")
        {
            Content = new ByteArrayContent(new byte[(20 << 20) + 1]),
        };
        request.Headers.ExpectContinue = true;
        using var response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("the limit is 20 MB", await Reason(response), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api/nothing", 404)]
    [InlineData("../secret", 404)]
    [InlineData("js/", 404)]
    [InlineData("api/train/start", 405)]
    [InlineData("api/kernels/code?kernel=matmul/smid", 400)]
    [InlineData("api/train/model.safetensors", 409)]
    public async Task What_is_not_there_is_told_so(string path, int status)
    {
        using var response = await _client.GetAsync(path);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotEmpty(await Reason(response));
    }

    [Fact]
    public async Task What_is_asked_the_wrong_way_is_told_the_right_one()
    {
        using var response = await _client.GetAsync("api/train/start");
        Assert.Equal("/api/train/start is asked with POST, not GET", await Reason(response));
    }

    private static IEnumerable<string> Named(string html) =>
        html.Split(['"'], StringSplitOptions.None)
            .Where(part => part.StartsWith('/') && part.Contains('.', StringComparison.Ordinal)
            && !part.StartsWith("/api", StringComparison.Ordinal));

    internal static async Task<string> Reason(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!;
}
