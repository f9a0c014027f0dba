using System.Net;
using System.Net.Http.Headers;

namespace ScratchNet.Training.Data;

/// <summary>How far the download of one file is.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Mirror">The host that it comes from.</param>
/// <param name="Bytes">Bytes here, those of an earlier attempt included.</param>
/// <param name="Total">Bytes in all, when the mirror tells.</param>
public readonly record struct DownloadProgress(string File, string Mirror, long Bytes, long? Total);

/// <summary>
/// Downloads data sets. A file grows under its name with .part, which the next attempt, at another mirror or another day,
/// continues; it gets its name only when the SHA-256 of its contents is right.
/// </summary>
public sealed class DatasetDownloader : IDisposable
{
    // Mirrors compress differently, but no gzip is longer than its contents by more than a few bytes a block.
    private const int GzipOverhead = 1 << 16;

    private readonly HttpClient _client;
    private readonly TimeSpan _patience;

    /// <summary>A downloader.</summary>
    /// <param name="handler">What carries the requests; null: the network. Disposed with the downloader.</param>
    /// <param name="patience">How long a mirror may stay silent before the next one is tried; null: 20 seconds.</param>
    public DatasetDownloader(HttpMessageHandler? handler = null, TimeSpan? patience = null)
    {
        // The client's own time-out limits the whole download; what matters is that something keeps arriving.
        _client = new HttpClient(handler ?? new SocketsHttpHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        _patience = patience ?? TimeSpan.FromSeconds(20);
    }

    /// <summary>Brings all files of a set into a folder; those already there and whole are left alone.</summary>
    /// <param name="entry">Which set.</param>
    /// <param name="folder">Where to; made when it is not there.</param>
    /// <param name="progress">Told about every piece that arrives.</param>
    /// <param name="cancellation">Stops; what has arrived is kept.</param>
    /// <returns>Where the files are.</returns>
    /// <exception cref="DataException">No mirror gave a file with the right contents, or it cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<DatasetFiles> FetchAsync(DatasetEntry entry, string folder,
        IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var paths = new List<string>();
            foreach (var file in entry.Files)
            {
                var path = IdxFolder.FindStandardFile(folder, file.Name);
                if (path == null || DatasetStatus.StateOf(file, path) != FileState.Whole)
                {
                    // A damaged file is replaced, not joined by one under another spelling that would be found after it.
                    var replaced = path;
                    path = Path.Combine(folder, file.Name + ".gz");
                    await FetchFileAsync(entry, file, path, progress, cancellation);
                    if (replaced != null && replaced != path)
                    {
                        File.Delete(replaced);
                    }
                }

                paths.Add(path);
            }

            return new DatasetFiles(paths[0], paths[1], paths[2], paths[3]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{folder}: {entry.Name} cannot be written there: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task FetchFileAsync(DatasetEntry entry, DatasetFile file, string path,
        IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var failures = new List<string>();
        foreach (var mirror in entry.Mirrors)
        {
            try
            {
                await FetchFromMirrorAsync(mirror, file, path, progress, cancellation);
                return;
            }
            catch (MirrorException e)
            {
                failures.Add($"{mirror.Host}: {e.Message}");
            }
        }

        throw new DataException($"{entry.Name}: {file.Name}.gz could not be downloaded ({string.Join("; ", failures)}): check "
            + $"the network and try again, or put {string.Join(", ", entry.Files.Select(f => f.Name))} (.gz or not) "
            + $"into {Path.GetDirectoryName(path)}");
    }

    /// <summary>
    /// Downloads one file and gives it its name; a continued file that turns out wrong is fetched once more from its start.
    /// </summary>
    private async Task FetchFromMirrorAsync(Uri mirror, DatasetFile file, string path,
        IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var part = path + ".part";
        bool continued;
        do
        {
            var address = new Uri(mirror, file.Name + ".gz");
            continued = await TransferAsync(address, part, file.Length + GzipOverhead, progress, cancellation);
            if (DatasetStatus.StateOf(file, part) == FileState.Whole)
            {
                File.Move(part, path, overwrite: true);
                return;
            }

            File.Delete(part);
        }
        while (continued);

        throw new MirrorException("wrong contents (SHA-256)");
    }

    /// <summary>Fills the .part file from where it ends, or anew; tells whether it was continued.</summary>
    private async Task<bool> TransferAsync(Uri address, string part, long limit,
        IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var have = File.Exists(part) ? new FileInfo(part).Length : 0;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
        }

        using var response = await ListenAsync(
            token => _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), silence, cancellation);
        if (have > 0 && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return true;
        }

        if (!response.IsSuccessStatusCode)
        {
            throw new MirrorException($"HTTP {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd());
        }

        // A server may ignore the range and send everything; then the file starts anew.
        var headers = response.Content.Headers;
        var continues = have > 0 && response.StatusCode == HttpStatusCode.PartialContent && headers.ContentRange?.From == have;
        have = continues ? have : 0;
        var name = Path.GetFileNameWithoutExtension(part);
        var start = new DownloadProgress(name, address.Host, have, have + headers.ContentLength);
        await using var output = new FileStream(part, continues ? FileMode.Append : FileMode.Create, FileAccess.Write);
        await using var input = await response.Content.ReadAsStreamAsync(cancellation);
        await CopyAsync(bytes => ListenAsync(token => input.ReadAsync(bytes, token).AsTask(), silence, cancellation),
            output, start, limit, progress);
        return continues;
    }

    /// <summary>Writes all that can be read, telling the progress, and checks that it is as long as the mirror said.</summary>
    private static async Task CopyAsync(Func<Memory<byte>, Task<int>> read, FileStream output,
        DownloadProgress status, long limit, IProgress<DownloadProgress>? progress)
    {
        var buffer = new byte[1 << 16];
        while (await read(buffer) is > 0 and var count)
        {
            status = status with { Bytes = status.Bytes + count };
            if (status.Bytes > limit)
            {
                throw new MirrorException($"sends more than {limit} bytes");
            }

            await output.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None);
            progress?.Report(status);
        }

        if (status.Bytes < status.Total)
        {
            throw new MirrorException($"ended after {status.Bytes} of {status.Total} bytes");
        }

        output.Flush(flushToDisk: true);
    }

    /// <summary>Waits for the network, as long as the patience lasts, and turns its failures into the mirror's.</summary>
    private async Task<T> ListenAsync<T>(
        Func<CancellationToken, Task<T>> wait, CancellationTokenSource silence, CancellationToken cancellation)
    {
        try
        {
            silence.CancelAfter(_patience);
            return await wait(silence.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new MirrorException($"silent for {_patience.TotalSeconds} seconds");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new MirrorException(e.Message.ReplaceLineEndings(" "));
        }
    }

    /// <summary>A mirror that did not serve; the message is the reason in a few words.</summary>
    private sealed class MirrorException(string message) : Exception(message);
}
