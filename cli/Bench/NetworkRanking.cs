using ScratchNet.Cli.Output;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Bench;

/// <summary>Which variant is best for the products of a network, and what that is worth in an epoch.</summary>
internal static class NetworkRanking
{
    /// <summary>What a ranking's rows have as their operation: all products of an epoch.</summary>
    private const string Op = "epoch";

    /// <summary>MNIST's training images.</summary>
    private const int EpochSamples = 60_000;

    /// <summary>
    /// Variants by the time that an epoch's products take, best first. One without a figure for every product has no place.
    /// </summary>
    public static IReadOnlyList<BenchRow> Rank(IEnumerable<BenchRow> rows, IReadOnlyList<int> network, int batch)
    {
        var steps = Math.Ceiling((double)EpochSamples / batch);
        BenchRow[] places =
        [
            .. rows.Where(row => row.Shape.Batch == batch)
                .GroupBy(row => (row.Variant, row.Place))
                .Where(group => group.All(row => row.MedianSeconds is not null))
                .Select(group => Place(group, steps) with
                {
                    Shape = new BenchShape(
                        EpochSamples, network[^1], network[0], Batch: batch, Detail: string.Join('-', network)),
                    Sizes = Title(network, batch),
                })
                .OrderBy(place => place.MedianSeconds),
        ];
        var slowest = places.Max(place => place.MedianSeconds);
        return [.. places.Select(place => place with { SavesSeconds = slowest - place.MedianSeconds })];
    }

    /// <summary>Writes the ranking of a batch size.</summary>
    public static void Write(BenchReport report, IReadOnlyList<int> network, int batch)
    {
        var places = Rank(report.Rows, network, batch);
        if (places.Count > 0)
        {
            report.Write(places, Title(network, batch), BenchTables.Ranking);
        }

        string[] incomplete = [.. report.Rows.Where(row => row.Shape.Batch == batch && row.Op != Op)
            .GroupBy(row => row.Title)
            .Where(group => group.Any(row => row.MedianSeconds is null) && group.Any(row => row.MedianSeconds is not null))
            .Select(group => group.Key)];
        if (incomplete.Length > 0)
        {
            report.Note($"Without a place, because a product has no figure: {string.Join(", ", incomplete)}.");
        }
    }

    private static string Title(IReadOnlyList<int> network, int batch) =>
        $"{string.Join('-', network)} at batch {batch}: products of an epoch of {Figures.Count(EpochSamples)} samples";

    /// <summary>The sum over the products of a step, times the steps.</summary>
    private static BenchRow Place(IEnumerable<BenchRow> products, double steps)
    {
        double? Sum(Func<BenchRow, double?> seconds) =>
            products.All(row => seconds(row) is not null) ? steps * products.Sum(seconds) : null;
        var first = products.First();
        return new BenchRow
        {
            Op = Op,
            Variant = first.Variant,
            Backend = first.Backend,
            Device = first.Device,
            Capabilities = first.Capabilities,
            Shape = first.Shape,
            Sizes = first.Sizes,
            Threads = first.Threads,
            IsChosen = products.All(row => row.IsChosen),
            MedianSeconds = Sum(row => row.MedianSeconds),
            LowSeconds = Sum(row => row.LowSeconds),
            HighSeconds = Sum(row => row.HighSeconds),
            FloorSeconds = Sum(row => row.FloorSeconds),
            Verified = products.All(row => row.Verified),
        };
    }
}
