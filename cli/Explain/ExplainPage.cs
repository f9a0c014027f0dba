using ScratchNet.Kernels;
using System.Buffers;
using System.Text;
using System.Text.Json;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Reports;
using ScratchNet.Engine;

namespace ScratchNet.Cli.Explain;

/// <summary>The walk as a page: one file that asks for no other, with all numbers in it as JSON.</summary>
internal static class ExplainPage
{
    private static readonly string[] Styles = ["report.css", "explain.css"];
    private static readonly string[] Scripts = ["dom.js", "explain-pictures.js", "explain.js"];

    /// <summary>Writes the page.</summary>
    /// <param name="explanation">The walk.</param>
    /// <param name="subject">What it is about.</param>
    /// <param name="path">The file; replaced whole or not at all.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(Explanation explanation, Subject subject, string path)
    {
        var page = Report.Asset("explain.html")
            .Replace("/*style*/", string.Concat(Styles.Select(Report.Asset)), StringComparison.Ordinal)
            .Replace("/*script*/", string.Concat(Scripts.Select(Report.Asset)), StringComparison.Ordinal)
            .Replace("/*data*/", Data(explanation, subject), StringComparison.Ordinal);
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(page)));
    }

    private static string Data(Explanation explanation, Subject subject)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("scratchnet", CommandLine.Version);
            json.WriteString("shape", NetworkLines.Shape(subject.Network));
            json.WriteString("sample", subject.SampleName);
            json.WriteStartArray("columns");
            foreach (var layer in explanation.Layers)
            {
                json.WriteStringValue(layer is Dense ? explanation.NameOf(layer) : "dropout");
            }

            json.WriteEndArray();
            json.WriteNumber("tolerance", GradientComparison.Tolerance);
            json.WriteStartArray("notes");
            foreach (var note in subject.Notes)
            {
                json.WriteStartArray();
                json.WriteStringValue(note.About);
                json.WriteStringValue(note.Text);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartArray("steps");
            foreach (var step in explanation.Steps)
            {
                WriteStep(json, step);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteStep(Utf8JsonWriter json, Step step)
    {
        json.WriteStartObject();
        json.WriteString("part", step.Place.Part);
        json.WriteNumber("column", step.Place.Column);
        json.WriteString("label", step.Place.Label);
        json.WriteString("title", step.Title);
        json.WriteString("words", step.Words);
        json.WriteStartArray("equations");
        foreach (var equation in step.Equations)
        {
            json.WriteStringValue(equation);
        }

        json.WriteEndArray();
        json.WriteStartArray("lines");
        foreach (var line in step.Lines)
        {
            WriteLine(json, line);
        }

        json.WriteEndArray();
        json.WriteStartArray("pictures");
        foreach (var picture in step.Pictures)
        {
            json.WriteStartObject();
            json.WriteString("name", picture.Name);
            json.WriteNumber("width", picture.Width);
            WriteAll(json, "values", picture.Values);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLine(Utf8JsonWriter json, Line line)
    {
        json.WriteStartObject();
        json.WriteString("name", line.Name);
        json.WriteFinite("value", line.Value);
        json.WriteString("filled", line.Filled);
        json.WriteStartArray("terms");
        foreach (var term in line.Terms)
        {
            json.WriteStartObject();
            json.WriteString("name", term.Name);
            json.WriteStartArray("factors");
            Array.ForEach(term.Factors, json.WriteNumberValue);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("rest", line.Rest);
        json.WriteNumber("rest_count", line.RestCount);
        json.WriteBoolean("gradient", line.Numeric is not null);
        json.WriteFinite("numeric", line.Numeric);
        json.WriteEndObject();
    }

    private static void WriteAll(Utf8JsonWriter json, string name, IEnumerable<float> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
