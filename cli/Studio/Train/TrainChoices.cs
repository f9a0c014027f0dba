using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Runs;
using ScratchNet.Cli.Studio.Server;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>A data set to choose.</summary>
/// <param name="Name">What requests call it.</param>
/// <param name="Title">What it is.</param>
/// <param name="IsHere">Whether it is on this machine; else it is downloaded first.</param>
/// <param name="Defaults">The options that it is trained with unless told otherwise.</param>
internal sealed record DatasetChoice(string Name, string Title, bool IsHere, IReadOnlyDictionary<string, string> Defaults);

/// <summary>What the Train page's form offers.</summary>
/// <param name="Datasets">Data sets, with their defaults.</param>
internal sealed record TrainChoices(IReadOnlyList<DatasetChoice> Datasets)
{
    /// <summary>The choices on this machine.</summary>
    /// <param name="own">The data of --data, or null.</param>
    public static TrainChoices Of(DataSource? own) => new(
    [
        .. DatasetCatalog.Entries.Select(entry =>
            Choice(entry.Name, entry.Title, IsHere(entry), new DataSource(entry.Name, null))),
        .. own is null ? Array.Empty<DatasetChoice>() : [Choice(TrainRoutes.Own, $"your own: {own.Folder}", true, own)],
    ]);

    /// <summary>Throws unless every name is one of an option that decides what a run computes.</summary>
    /// <exception cref="RequestException">One is not.</exception>
    public static void CheckNames(IEnumerable<string> names)
    {
        var known = Defaults(new DataSource(DatasetCatalog.Bundled.Name, null)).Keys.ToArray();
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            var nearest = Nearest.To(unknown, known) is { } near ? $"; did you mean '{near[2..]}'?" : "";
            throw RequestException.Malformed($"there is no option '{unknown[2..]}'{nearest}");
        }
    }

    private static DatasetChoice Choice(string name, string title, bool isHere, DataSource source) =>
        new(name, title, isHere, Defaults(source));

    private static IReadOnlyDictionary<string, string> Defaults(DataSource source) =>
        TrainingPlan.Read(source, _ => null).Describe();

    private static bool IsHere(DatasetEntry entry) =>
        entry == DatasetCatalog.Bundled || DatasetCatalog.Locate(entry, DataLocations.FromEnvironment()) is not null;
}
