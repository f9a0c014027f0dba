using ScratchNet.Cli.Bench;
using ScratchNet.Cli.Studio.Server;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Studio.Kernels;

/// <summary>Where the Kernels page's measurement stands.</summary>
/// <param name="IsRunning">Whether something is being measured.</param>
/// <param name="Message">What is being done, or what went wrong.</param>
/// <param name="Rows">What has been measured, the newest first, with the names that <c>bench --json</c> uses.</param>
internal sealed record KernelsState(bool IsRunning, string? Message, IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows);

/// <summary>
/// Runs the bench for the Kernels page: the same cases, checks and figures as <c>scratchnet bench</c>. Members are called on the
/// session's thread, but for <see cref="Feed"/>, <see cref="IsRunning"/> and <see cref="Cancel"/>.
/// </summary>
internal sealed class KernelsSession : IDisposable
{
    /// <summary>As the bench does, but no longer than people wait.</summary>
    private static readonly TimingPlan Plan =
        new(LeastRounds: 7, MostRounds: 100, Noise: 0.03, Budget: TimeSpan.FromSeconds(0.5));

    private const int MostRows = 300;

    // Devices stay open: drivers were seen to crash when contexts come and go.
    private readonly Dictionary<string, (Backend Backend, IPeaks Peaks)> _devices = [];
    private IReadOnlyList<IReadOnlyDictionary<string, object?>> _rows = [];
    private volatile CancellationTokenSource? _cancel;

    /// <summary>What browsers see.</summary>
    public Feed Feed { get; } = new();

    /// <summary>Whether something is being measured.</summary>
    public bool IsRunning => _cancel is not null;

    /// <summary>Measures.</summary>
    /// <param name="request">What.</param>
    /// <param name="device">Where.</param>
    public void Run(BenchRequest request, string device)
    {
        using var cancel = new CancellationTokenSource();
        _cancel = cancel;
        try
        {
            Publish($"opens {device} and measures what it can do at most");
            var (backend, peaks) = Open(device);
            var runner = new BenchRunner(backend, peaks, Plan, TimeProvider.System, cancel.Token);
            var rows = new List<BenchRow>();
            foreach (var item in request.Items)
            {
                Publish($"measures {item.Case.Operation.Name}, every variant in turns");
                rows.AddRange(runner.Run(item.Case, item.Shape, request.Variants));
            }

            _rows = Merge(Describe(rows), _rows);
            Stop(null);
        }
        catch (OperationCanceledException)
        {
            Stop("cancelled");
        }
        catch (Exception exception)
        {
            Stop(Errors.Describe(exception));
        }
    }

    /// <summary>Stops a measurement between two runs of a kernel.</summary>
    public void Cancel()
    {
        try
        {
            _cancel?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    /// <summary>Sends browsers the state as it is.</summary>
    public void Publish(string? message) => Feed.Publish("state", new KernelsState(IsRunning, message, _rows));

    public void Dispose()
    {
        foreach (var (backend, _) in _devices.Values)
        {
            backend.Dispose();
        }
    }

    private void Stop(string? message)
    {
        _cancel = null;
        Publish(message);
    }

    private (Backend Backend, IPeaks Peaks) Open(string device)
    {
        if (!_devices.TryGetValue(device, out var known))
        {
            var backend = Devices.Open(device);
            known = _devices[device] = (backend, PeaksExtensions.Of(backend));
        }

        return known;
    }

    /// <summary>Puts new rows before the old ones, but for those old ones that were measured again.</summary>
    private static IReadOnlyDictionary<string, object?>[] Merge(
        IReadOnlyDictionary<string, object?>[] rows, IEnumerable<IReadOnlyDictionary<string, object?>> old)
    {
        static string Key(IReadOnlyDictionary<string, object?> row) =>
            string.Join(' ', new[] { "op", "variant", "m", "n", "k", "detail", "backend", "threads" }.Select(name => row[name]));
        return [.. rows.Concat(old).DistinctBy(Key).Take(MostRows)];
    }

    private static IReadOnlyDictionary<string, object?>[] Describe(List<BenchRow> rows)
    {
        var best = rows.Min(row => row.MedianSeconds);
        return [.. rows.Select(row => new ReportedRow(row, 100 * best / row.MedianSeconds, null)).Select(row =>
            BenchColumns.All.ToDictionary(column => column.Name, column => column.Value(row)))];
    }
}
