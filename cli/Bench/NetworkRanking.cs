using ScratchNet.Cli.Output;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Bench;

/// <summary>Which variant is best for the products of a network, and what that is worth in an epoch.</summary>
internal static class NetworkRanking
{
    /// <summary>MNIST's training images.</summary>
    private const int EpochSamples = 60_000;

    /// <summary>A variant on a device, with the time it needs for all products of an epoch.</summary>
    internal sealed record Place(string Variant, string Where, double EpochSeconds, bool IsChosen);

    /// <summary>
    /// Variants by the time that an epoch's products take, best first. One without a figure for every product has no place.
    /// </summary>
    public static IReadOnlyList<Place> Rank(IEnumerable<BenchRow> rows, int batch) =>
    [
        .. rows.Where(row => row.Shape.Batch == batch)
            .GroupBy(row => (row.Variant, row.Place))
            .Where(group => group.All(row => row.MedianSeconds is not null))
            .Select(group => new Place(
                group.Key.Variant,
                group.Key.Place,
                group.Sum(row => row.MedianSeconds!.Value) * Math.Ceiling((double)EpochSamples / batch),
                group.All(row => row.IsChosen)))
            .OrderBy(place => place.EpochSeconds),
    ];

    /// <summary>Writes the ranking of a batch size.</summary>
    public static void Write(BenchReport report, Terminal terminal, IReadOnlyList<int> network, int batch)
    {
        var places = Rank(report.Rows, batch);
        if (places.Count == 0)
        {
            return;
        }

        var slowest = places[^1];
        terminal.Out.WriteLine(terminal.Strong(
            $"{string.Join('-', network)} at batch {batch}: products of an epoch of {Figures.Count(EpochSamples)} samples"));
        var table = new TextTable("variant", "device", " an epoch", $" saves against {slowest.Variant}", "");
        foreach (var place in places)
        {
            table.Add(place.Variant, place.Where, BenchReport.Time(place.EpochSeconds),
                BenchReport.Time(slowest.EpochSeconds - place.EpochSeconds),
                place.IsChosen ? "training uses it" : "");
        }

        report.WriteTable(table);
        terminal.Out.WriteLine();
    }
}
