using System.CommandLine;
using System.Globalization;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Runs;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet recipes</c>: what <c>train --recipe</c> offers.</summary>
internal static class RecipesCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = CommonOptions.Json();
        var command = new ExampledCommand("recipes",
            "Lists the recipes: option values that aim at an accuracy within a time, and what was measured of them.",
            ("scratchnet recipes", "every recipe: network, accuracy, time"),
            ("scratchnet train mnist --recipe quick", "follow one"),
            ("scratchnet train mnist --recipe quick --epochs 20", "follow one but for its epochs"))
        {
            json,
        };
        command.SetAction(parse => parse.GetValue(json) ? WriteJson(terminal) : WriteTable(terminal));
        return command;
    }

    private static int WriteTable(Terminal terminal)
    {
        var table = new TextTable("recipe", "data", "hidden layers", " epochs", " aims at", " within", " measured", " in");
        foreach (var recipe in Recipes.All)
        {
            table.Add(recipe.Name, recipe.Dataset,
                recipe.Options[TrainOptionNames.Hidden], recipe.Options[TrainOptionNames.Epochs],
                Figures.Percent(recipe.Aim.Accuracy), Figures.Duration(recipe.Aim.Seconds),
                Figures.Percent(recipe.Measured.Accuracy), Figures.Duration(recipe.Measured.Seconds));
        }

        table.Write(terminal.Out);
        terminal.Out.WriteLine();
        terminal.Out.WriteLine(
            "Measured: test accuracy and the whole command's time on two Zen 5 cores, medians of seeds 1 to 5");
        terminal.Out.WriteLine("(record: seed 1 alone, and its time from that of six epochs; accurate: the time of seed 1).");
        foreach (var recipe in Recipes.All)
        {
            terminal.Out.WriteLine();
            terminal.Out.WriteLine($"{recipe.Name} is the same as:");
            terminal.Out.WriteLine($"  scratchnet train {recipe.Dataset} "
                + string.Join(' ', recipe.Options.Select(option => $"{option.Key} {option.Value}")));
        }

        return ExitCode.Success;
    }

    private static int WriteJson(Terminal terminal)
    {
        foreach (var recipe in Recipes.All)
        {
            JsonLine.Write(terminal.Out, json =>
            {
                json.WriteString("event", "recipe");
                json.WriteString("name", recipe.Name);
                json.WriteString("dataset", recipe.Dataset);
                json.WriteString("network", recipe.Options[TrainOptionNames.Hidden]);
                json.WriteNumber("epochs", int.Parse(recipe.Options[TrainOptionNames.Epochs], CultureInfo.InvariantCulture));
                json.WriteNumber("target_accuracy", recipe.Aim.Accuracy);
                json.WriteNumber("target_seconds", recipe.Aim.Seconds);
                json.WriteNumber("measured_accuracy", recipe.Measured.Accuracy);
                json.WriteNumber("measured_seconds", recipe.Measured.Seconds);
                json.WriteStartObject("options");
                foreach (var (option, value) in recipe.Options)
                {
                    json.WriteString(option, value);
                }

                json.WriteEndObject();
            });
        }

        return ExitCode.Success;
    }
}
