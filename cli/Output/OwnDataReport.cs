using System.Text.Json;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Output;

/// <summary>What a person's own data come to, once they have been read from beginning to end.</summary>
internal static class OwnDataReport
{
    /// <summary>Writes sizes and the number of pictures of each class.</summary>
    public static void Write(DatasetPair data, string path, bool asJson, Terminal terminal)
    {
        if (asJson)
        {
            JsonLine.Write(terminal.Out, json => Describe(json, data, path));
            return;
        }

        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"{Terminal.OneLine(path)}: {Figures.Count(data.Train.Count)} pictures of {data.Train.Height}x"
            + $"{data.Train.Width} to train on, {Figures.Count(data.Test.Count)} held out to test");
        var table = new TextTable("class", " to train on", " to test");
        var (train, test) = (data.Train.ClassCounts(), data.Test.ClassCounts());
        for (var c = 0; c < data.Train.Classes; c++)
        {
            table.Add(Terminal.OneLine(data.Train.ClassNames[c]), Figures.Count(train[c]), Figures.Count(test[c]));
        }

        table.Write(terminal.Out);
    }

    private static void Describe(Utf8JsonWriter json, DatasetPair data, string path)
    {
        json.WriteString("dataset", data.Train.Name);
        json.WriteBoolean("whole", true);
        json.WriteString("folder", path);
        json.WriteNumber("height", data.Train.Height);
        json.WriteNumber("width", data.Train.Width);
        json.WriteNumber("images", data.Train.Count);
        json.WriteNumber("test_images", data.Test.Count);
        json.WriteStartArray("classes");
        var (train, test) = (data.Train.ClassCounts(), data.Test.ClassCounts());
        for (var c = 0; c < data.Train.Classes; c++)
        {
            json.WriteStartObject();
            json.WriteString("class", data.Train.ClassNames[c]);
            json.WriteNumber("images", train[c]);
            json.WriteNumber("test_images", test[c]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
