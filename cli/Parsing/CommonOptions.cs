using System.CommandLine;

namespace ScratchNet.Cli.Parsing;

/// <summary>Options that several commands have. Values stay texts until a command reads them: see <see cref="Values"/>.</summary>
internal static class CommonOptions
{
    /// <summary>Largest number of threads that a backend takes.</summary>
    public const int MaxThreads = 1024;

    /// <summary>An option with a value.</summary>
    public static Option<string?> Text(string name, string valueName, string description) =>
        new(name) { HelpName = valueName, Description = description, Arity = ArgumentArity.ExactlyOne };

    /// <summary>An option whose value is a path. A blank one, as an unset variable of a shell leaves it, is wrong usage.</summary>
    public static Option<string?> Path(string name, string valueName, string description)
    {
        var option = Text(name, valueName, description);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && string.IsNullOrWhiteSpace(token.Value))
            {
                result.AddError($"{name} is '{token.Value}', but must be a path");
            }
        });
        return option;
    }

    /// <summary>An option without a value.</summary>
    public static Option<bool> Flag(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.Zero };

    public static Option<string?> Device(string standard = "auto") => Text("--device", "DEVICE",
        "auto, cpu, cuda, opencl or simulator, with a number to choose one of several (opencl:1) "
        + $"[default: {standard}]");

    public static Option<string?> Threads() => Text("--threads", "N", "threads for the cpu [default: one a processor]");

    public static Option<string?> Data() => Path("--data", "PATH",
        "your own data: a folder with a sub-folder of pictures for each class, a CSV file (label first), or a folder with IDX "
        + "files; or where the files of DATASET are");

    public static Option<bool> Stream() => Flag("--stream",
        "bring pictures to the device batch by batch, as is done with sets larger than memory");

    public static Option<bool> Json() => Flag("--json", "results as JSON, one object a line");

    /// <summary>The number of threads that was asked for; 0 when none was.</summary>
    /// <exception cref="UsageException">It is out of range, or the device is none that has threads of ours.</exception>
    public static int ReadThreads(ParseResult parse, Option<string?> option, Option<string?> device)
    {
        if (parse.GetValue(option) is not { } text)
        {
            return 0;
        }

        if (parse.GetValue(device) is { } name and not ("auto" or "cpu"))
        {
            throw new UsageException($"{option.Name} and '{device.Name} {name}' contradict each other: only the cpu has threads "
                + "to set; leave one out");
        }

        return Values.Whole(option.Name, text, 1, MaxThreads);
    }

    /// <summary>The device that was asked for, checked as far as its name goes.</summary>
    public static string? ReadDevice(ParseResult parse, Option<string?> option) =>
        parse.GetValue(option) is { } text ? CheckDevice(option.Name, text) : null;

    /// <summary>Checks a device's name as far as it goes without looking for devices.</summary>
    public static string CheckDevice(string option, string text)
    {
        string[] kinds = ["auto", "cpu", "cuda", "opencl", "simulator"];
        var isNumbered = text.Split(':') is ["cuda" or "opencl", var number] && uint.TryParse(number, out _);
        return isNumbered ? text : Values.Choice(option, text, kinds);
    }
}
