using System.Net;
using System.Net.Http.Headers;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Training.Data;

public sealed class DatasetDownloaderTests : IDisposable
{
    private const string FirstFile = "train-images-idx3-ubyte";

    private readonly TemporaryFolder _folder = new();

    private string Part => _folder[FirstFile + ".gz.part"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_files_arrive_under_their_names()
    {
        var mirrors = new Mirrors();
        var progress = new Recorder();
        var files = await Fetch(mirrors, progress);
        Assert.Equal(SmallSet.Contents.Keys.Select(n => _folder[n + ".gz"]).Order(), Directory.GetFiles(_folder.Path).Order());
        Assert.Equal(5, IdxDataset.ReadPair("small", files).Test.Count);
        Assert.Equal(4, mirrors.Requests.Count);
        Assert.All(mirrors.Requests, r => Assert.Equal("one.test", r.Host));
        Assert.All(SmallSet.Entry.Files, f => Assert.Contains(
            progress.Seen, p => p.File == f.Name + ".gz" && p.Bytes == p.Total && p.Mirror == "one.test"));
    }

    [Fact]
    public async Task Whole_files_are_not_fetched_again_and_damaged_ones_are_replaced()
    {
        SmallSet.WriteTo(_folder.Path);
        var mirrors = new Mirrors();
        await Fetch(mirrors);
        Assert.Empty(mirrors.Requests);

        _folder.Write(FirstFile, [1, 2, 3]);
        var files = await Fetch(mirrors);
        Assert.Single(mirrors.Requests);
        Assert.Equal(_folder[FirstFile + ".gz"], files.TrainImages);
        Assert.False(File.Exists(_folder[FirstFile]));
    }

    [Fact]
    public async Task A_part_is_continued_where_it_ends()
    {
        File.WriteAllBytes(Part, Mirrors.Gzip(FirstFile)[..100]);
        var mirrors = new Mirrors();
        await Fetch(mirrors);
        Assert.Equal([100L, null, null, null], mirrors.Requests.Select(r => r.From));
        Assert.Equal(Mirrors.Gzip(FirstFile), File.ReadAllBytes(_folder[FirstFile + ".gz"]));
    }

    [Fact]
    public async Task A_transfer_that_is_cut_is_continued_at_the_next_mirror()
    {
        var mirrors = new Mirrors { ["one.test"] = request => Mirrors.Serve(request, cutAfter: 120) };
        await Fetch(mirrors);
        Assert.Equal(("two.test", 120), (mirrors.Requests[1].Host, mirrors.Requests[1].From));
        Assert.Equal(Mirrors.Gzip(FirstFile), File.ReadAllBytes(_folder[FirstFile + ".gz"]));
    }

    [Fact]
    public async Task A_server_that_ignores_the_range_starts_the_file_anew()
    {
        File.WriteAllBytes(Part, Mirrors.Gzip(FirstFile)[..100]);
        var mirrors = new Mirrors { ["one.test"] = request => Mirrors.Serve(request, ignoreRange: true) };
        await Fetch(mirrors);
        Assert.Equal(4, mirrors.Requests.Count);
        Assert.Equal(Mirrors.Gzip(FirstFile), File.ReadAllBytes(_folder[FirstFile + ".gz"]));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(5000)]
    public async Task A_part_of_something_else_is_fetched_once_more_from_its_start(int length)
    {
        File.WriteAllBytes(Part, new byte[length]);
        var mirrors = new Mirrors();
        await Fetch(mirrors);
        Assert.Equal([length, null], mirrors.Requests.Take(2).Select(r => r.From));
        Assert.All(mirrors.Requests, r => Assert.Equal("one.test", r.Host));
    }

    [Fact]
    public async Task A_part_that_was_already_complete_is_taken()
    {
        File.WriteAllBytes(Part, Mirrors.Gzip(FirstFile));
        var mirrors = new Mirrors();
        await Fetch(mirrors);
        Assert.Equal(4, mirrors.Requests.Count);
    }

    [Fact]
    public async Task Wrong_contents_never_get_the_files_name()
    {
        var mirrors = new Mirrors
        {
            ["one.test"] = _ => Mirrors.Answer(SmallSet.Gzip([1, 2, 3])),
            ["two.test"] = _ => Mirrors.Answer("<html>please log in</html>"u8.ToArray()),
        };
        var error = await Assert.ThrowsAsync<DataException>(() => Fetch(mirrors));
        Assert.Contains("one.test: wrong contents (SHA-256); two.test: wrong contents (SHA-256)", error.Message);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task When_all_mirrors_fail_one_line_tells_what_was_tried_and_what_to_do()
    {
        var mirrors = new Mirrors
        {
            ["one.test"] = _ => new HttpResponseMessage(HttpStatusCode.NotFound),
            ["two.test"] = _ => throw new HttpRequestException("Name or service not known"),
        };
        var error = await Assert.ThrowsAsync<DataException>(() => Fetch(mirrors));
        Assert.Contains("one.test: HTTP 404 Not Found; two.test: Name or service not known", error.Message);
        Assert.Contains(_folder.Path, error.Message);
        Assert.All(SmallSet.Contents.Keys, name => Assert.Contains(name, error.Message));
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task A_mirror_that_does_not_answer_or_stalls_is_left_after_a_while()
    {
        var mirrors = new Mirrors
        {
            ["one.test"] = request => Mirrors.Serve(request, stallAfter: 60),
            ["two.test"] = _ => null,
        };
        var error = await Assert.ThrowsAsync<DataException>(() => Fetch(mirrors, patience: TimeSpan.FromMilliseconds(50)));
        Assert.Contains("one.test: silent for 0.05 seconds; two.test: silent for 0.05 seconds", error.Message);
        Assert.Equal(60, new FileInfo(Part).Length);
    }

    [Fact]
    public async Task An_endless_answer_is_cut()
    {
        var mirrors = new Mirrors { ["one.test"] = _ => Mirrors.Answer(new byte[1_000_000]) };
        await Fetch(mirrors);
        Assert.Contains(mirrors.Requests, r => r.Host == "two.test");
    }

    [Fact]
    public async Task Cancelling_keeps_what_has_arrived()
    {
        using var cancel = new CancellationTokenSource();
        var mirrors = new Mirrors { ["one.test"] = request => Mirrors.Serve(request, stallAfter: 60) };
        var progress = new Recorder(_ => cancel.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Fetch(mirrors, progress, cancellation: cancel.Token));
        Assert.Equal(60, new FileInfo(Part).Length);
        Assert.Single(mirrors.Requests);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_an_error_of_its_own()
    {
        var blocked = _folder.Write("file", [1]);
        using var downloader = new DatasetDownloader(new Mirrors());
        var error = await Assert.ThrowsAsync<DataException>(
            () => downloader.FetchAsync(SmallSet.Entry, Path.Combine(blocked, "sub")));
        Assert.Contains("cannot be written", error.Message);
    }

    private async Task<DatasetFiles> Fetch(Mirrors mirrors, IProgress<DownloadProgress>? progress = null,
        TimeSpan? patience = null, CancellationToken cancellation = default)
    {
        using var downloader = new DatasetDownloader(mirrors, patience);
        return await downloader.FetchAsync(SmallSet.Entry, _folder.Path, progress, cancellation);
    }

    private sealed class Recorder(Action<DownloadProgress>? action = null) : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> Seen { get; } = [];

        public void Report(DownloadProgress value)
        {
            Seen.Add(value);
            action?.Invoke(value);
        }
    }

    /// <summary>Stands in for the network: each host answers as told, by default properly; null means never.</summary>
    private sealed class Mirrors : HttpMessageHandler
    {
        private readonly Dictionary<string, Func<HttpRequestMessage, HttpResponseMessage?>> _hosts = [];

        public List<(string Host, long? From)> Requests { get; } = [];

        public Func<HttpRequestMessage, HttpResponseMessage?> this[string host]
        {
            set => _hosts[host] = value;
        }

        public static byte[] Gzip(string name) => SmallSet.Gzip(SmallSet.Contents[name]);

        public static HttpResponseMessage Answer(byte[] bytes) =>
            new(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes) };

        public static HttpResponseMessage Serve(
            HttpRequestMessage request, int? cutAfter = null, int? stallAfter = null, bool ignoreRange = false)
        {
            var bytes = Gzip(Path.GetFileNameWithoutExtension(request.RequestUri!.AbsolutePath));
            var from = ignoreRange ? 0 : (int)(request.Headers.Range?.Ranges.Single().From ?? 0);
            if (from >= bytes.Length)
            {
                return new HttpResponseMessage(HttpStatusCode.RequestedRangeNotSatisfiable);
            }

            var response = new HttpResponseMessage(from > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK);
            response.Content = new StreamContent(new Wire(
                bytes[from..Math.Min(bytes.Length, cutAfter ?? stallAfter ?? bytes.Length)], stalls: stallAfter != null));
            response.Content.Headers.ContentLength = bytes.Length - from;
            response.Content.Headers.ContentRange =
                from > 0 ? new ContentRangeHeaderValue(from, bytes.Length - 1, bytes.Length) : null;
            return response;
        }

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add((request.RequestUri!.Host, request.Headers.Range?.Ranges.Single().From));
            var response = _hosts.TryGetValue(request.RequestUri.Host, out var host) ? host(request) : Serve(request);
            if (response == null)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return response!;
        }
    }

    /// <summary>Gives its bytes, then ends, or never answers again.</summary>
    private sealed class Wire(byte[] bytes, bool stalls) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Read(buffer.Span);
            if (count == 0 && stalls)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return count;
        }
    }
}
