using System.Text;
using ScratchNet.Training;

namespace ScratchNet.Cli.Output;

/// <summary>Writes predictions, for people or for programs.</summary>
/// <param name="terminal">Where to.</param>
/// <param name="top">How many classes to list.</param>
/// <param name="showsPicture">Whether to print what the network saw.</param>
/// <param name="isJson">Whether for programs.</param>
internal sealed class PredictionOutput(Terminal terminal, int top, bool showsPicture, bool isJson)
{
    // From black to white; two characters a pixel, since characters are about twice as high as wide.
    private const string Shades = " .:-=+*#%@";

    /// <summary>Writes what a picture shows.</summary>
    /// <param name="image">Its name.</param>
    /// <param name="pixels">What the network saw.</param>
    /// <param name="format">Its size.</param>
    /// <param name="probabilities">Of each class.</param>
    /// <param name="classNames">Names of the classes.</param>
    public void Write(string image, byte[] pixels, InputFormat format, float[] probabilities, IReadOnlyList<string> classNames)
    {
        int[] best = [.. Enumerable.Range(0, probabilities.Length).OrderByDescending(c => probabilities[c]).Take(top)];
        if (isJson)
        {
            WriteJson(image, best, probabilities, classNames);
        }
        else
        {
            var others = string.Join(", ", best.Skip(1).Select(Tell));
            var rest = others.Length > 0 ? $"; then {others}" : "";
            terminal.Out.WriteLine($"{Terminal.OneLine(image)}: {terminal.Strong(Tell(best[0]))}{rest}");
        }

        if (showsPicture)
        {
            Show(pixels, format);
        }

        string Tell(int c) => $"{Terminal.OneLine(classNames[c])} {Figures.Percent(probabilities[c])}";
    }

    /// <summary>Tells that a picture can't be used; programs get an object for it too, so that they see which one.</summary>
    public void WriteError(string image, string message)
    {
        terminal.Fail(message);
        if (isJson)
        {
            JsonLine.Write(terminal.Out, json =>
            {
                json.WriteString("event", "error");
                json.WriteString("image", image);
                json.WriteString("error", message);
            });
        }
    }

    private void WriteJson(string image, int[] best, float[] probabilities, IReadOnlyList<string> classNames) =>
        JsonLine.Write(terminal.Out, json =>
        {
            json.WriteString("event", "prediction");
            json.WriteString("image", image);
            json.WriteNumber("digit", best[0]);
            json.WriteString("class", classNames[best[0]]);
            json.WriteNumber("probability", probabilities[best[0]]);
            json.WriteStartArray("probabilities");
            Array.ForEach(probabilities, json.WriteNumberValue);
            json.WriteEndArray();
            json.WriteStartArray("top");
            foreach (var c in best)
            {
                json.WriteStartObject();
                json.WriteString("class", classNames[c]);
                json.WriteNumber("probability", probabilities[c]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

    /// <summary>Prints a picture, among the messages when results are for programs.</summary>
    private void Show(byte[] pixels, InputFormat format)
    {
        var output = isJson ? terminal.Error : terminal.Out;
        for (var row = 0; row < format.Height; row++)
        {
            var line = new StringBuilder();
            foreach (var pixel in pixels.AsSpan(row * format.Width, format.Width))
            {
                line.Append(Shades[pixel * Shades.Length / 256], 2);
            }

            output.WriteLine(line.ToString().TrimEnd());
        }
    }
}
