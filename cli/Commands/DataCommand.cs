using System.CommandLine;
using System.Text.Json;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Runs;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet data</c>: which data sets are here, where, whether whole; <c>data fetch</c> brings one.</summary>
internal static class DataCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.Path("--data", "PATH", "a folder to look in first, or your own data, to be checked");
        var json = CommonOptions.Json();
        var command = new ExampledCommand("data", "Lists the data sets: which are here, where, whether whole.",
            ("scratchnet data", "what is here"),
            ("scratchnet data --data photos/", "checks and counts your own pictures"),
            ("scratchnet data fetch mnist", "download MNIST"),
            ("scratchnet data clean", "remove what was decoded of your own pictures"))
        {
            folder,
            json,
            Fetch(terminal),
            Clean(terminal),
        };
        command.SetAction(parse => List(parse.GetValue(folder), parse.GetValue(json), terminal));
        return command;
    }

    private static ExampledCommand Fetch(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "mnist or fashion-mnist" };
        var force = CommonOptions.Flag("--force", "download it even if it is here and whole");
        var command = new ExampledCommand("fetch", "Downloads a data set into the cache folder, or continues to.",
            ("scratchnet data fetch mnist", "11 MB from one of several mirrors, checked by SHA-256"))
        {
            name,
            force,
        };
        command.SetAction(parse => FetchNow(parse.GetValue(name)!, parse.GetValue(force), terminal));
        return command;
    }

    private static ExampledCommand Clean(Terminal terminal)
    {
        var json = CommonOptions.Json();
        var command = new ExampledCommand("clean",
            "Removes the decoded sets in the cache folder: own pictures and CSV files, decoded once.",
            ("scratchnet data clean", "they are decoded again when they are needed"))
        {
            json,
        };
        command.SetAction(parse => CleanNow(parse.GetValue(json), terminal));
        return command;
    }

    private static int List(string? folder, bool asJson, Terminal terminal)
    {
        if (folder is not null && !Path.Exists(folder))
        {
            throw new DataException($"{folder}: no such file or folder; check the path");
        }

        var locations = DataLocations.FromEnvironment(folder);
        var table = new TextTable("data set", "state", "where");
        DatasetStatus[] known = [.. DatasetCatalog.Entries.Select(entry => DatasetStatus.Of(entry, locations))];
        foreach (var status in known)
        {
            table.Add(status.Entry.Name, State(status), Place(status));
            if (asJson)
            {
                JsonLine.Write(terminal.Out, json => Describe(json, status));
            }
        }

        if (!asJson)
        {
            table.Write(terminal.Out);
        }

        if (CachedSets.In(locations.Cache) is { Count: > 0 } sets)
        {
            Tell(sets, "decoded", "'scratchnet data clean' removes them", asJson, terminal);
        }

        if (folder is not null && OwnData.IsAt(folder) && !known.Any(status => status.IsWhole && status.Folder == folder))
        {
            OwnDataReport.Write(DataSource.Of(null, folder, null).Load(terminal), folder, asJson, terminal);
        }

        return ExitCode.Success;
    }

    private static string State(DatasetStatus status) =>
        status.IsWhole ? "whole" : status.Folder is null ? "not here" : "not whole";

    private static string Place(DatasetStatus status)
    {
        if (status.Folder is null)
        {
            return status.IsWhole ? "in this program" : $"'scratchnet data fetch {status.Entry.Name}' downloads it";
        }

        var faults = status.Files.Where(file => file.State != FileState.Whole)
            .Select(file => $"{file.File.Name}: {Explain(file.State)}");
        return Terminal.OneLine(string.Join("; ", faults.Prepend(status.Folder)));
    }

    private static string Explain(FileState state) => state switch
    {
        FileState.Missing => "missing",
        FileState.Mismatch => "other contents",
        _ => "damaged",
    };

    private static void Describe(Utf8JsonWriter json, DatasetStatus status)
    {
        json.WriteString("dataset", status.Entry.Name);
        json.WriteBoolean("whole", status.IsWhole);
        json.WriteString("folder", status.Folder);
        json.WriteStartArray("files");
        foreach (var file in status.Files)
        {
            json.WriteStartObject();
            json.WriteString("name", file.File.Name);
            json.WriteString("path", file.Path);
            json.WriteNumber("bytes", file.Bytes);
            json.WriteString("state", file.State.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static int CleanNow(bool asJson, Terminal terminal)
    {
        var sets = CachedSets.In(DataLocations.FromEnvironment().Cache);
        sets.Remove();
        Tell(sets, "removed", "they were decoded from data that are still where they were", asJson, terminal);
        return ExitCode.Success;
    }

    private static void Tell(CachedSets sets, string what, string remark, bool asJson, Terminal terminal)
    {
        if (asJson)
        {
            JsonLine.Write(terminal.Out, json =>
            {
                json.WriteString("event", what);
                json.WriteString("folder", sets.Folder);
                json.WriteNumber("sets", sets.Count);
                json.WriteNumber("bytes", sets.Bytes);
            });
            return;
        }

        terminal.Out.WriteLine($"{what}: {sets.Count} set{(sets.Count == 1 ? "" : "s")}, {Figures.Bytes(sets.Bytes)}, in "
            + $"{Terminal.OneLine(sets.Folder)}{(sets.Count > 0 ? $"; {remark}" : "")}");
    }

    private static int FetchNow(string name, bool force, Terminal terminal)
    {
        var entry = DataSource.FindEntry(name);
        var locations = DataLocations.FromEnvironment();
        var status = DatasetStatus.Of(entry, locations);
        if (status.IsWhole && (!force || entry.Files.Count == 0))
        {
            terminal.Out.WriteLine($"{entry.Name} is here already: {Terminal.OneLine(Place(status))}");
            return ExitCode.Success;
        }

        using var interruption = new Interruption();
        var folder = locations.CacheFolder(entry);
        if (status.IsWhole)
        {
            DatasetDownload.Renew(entry, folder, terminal, interruption.Token);
        }
        else
        {
            DatasetDownload.Run(entry, folder, terminal, interruption.Token);
        }

        terminal.Out.WriteLine($"{entry.Name} is in {Terminal.OneLine(folder)}");
        return ExitCode.Success;
    }
}
