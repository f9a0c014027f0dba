using System.CommandLine;
using System.Text.Json;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Engine;
using ScratchNet.Kernels;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet devices</c>: every device with what it can do, and for one that can't be used, why.</summary>
internal static class DevicesCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = CommonOptions.Json();
        var command = new ExampledCommand("devices", "Lists what networks can run on, and why a device can't be used.",
            ("scratchnet devices", "a table"),
            ("scratchnet devices --json", "one object a device"))
        {
            json,
        };
        command.SetAction(parse => Run(parse.GetValue(json), terminal));
        return command;
    }

    private static int Run(bool asJson, Terminal terminal)
    {
        foreach (var device in Devices.List())
        {
            if (asJson)
            {
                JsonLine.Write(terminal.Out, json => Describe(json, device));
            }
            else
            {
                Print(device, terminal);
            }
        }

        return ExitCode.Success;
    }

    private static void Print(DeviceInfo device, Terminal terminal)
    {
        const int Indent = 11;
        var processor = device is { Kind: DeviceKind.OpenCl, IsProcessor: true }
            ? " (a processor, taken only when asked for)"
            : "";
        terminal.Out.WriteLine($"{terminal.Strong(device.Id.PadRight(Indent))}{Terminal.OneLine(device.Name)}{processor}");
        var details = device.WhyUnusable is { } why
            ? terminal.Bad($"not usable: {Terminal.OneLine(why)}")
            : $"{Units(device)}{Memory(device)}{Terminal.OneLine(device.Capabilities)}";
        terminal.Out.WriteLine(new string(' ', Indent) + details);
    }

    private static string Units(DeviceInfo device) => device.Units switch
    {
        0 => "",
        1 => device.Kind == DeviceKind.Cpu ? "1 thread, " : "1 compute unit, ",
        var count => device.Kind == DeviceKind.Cpu ? $"{count} threads, " : $"{count} compute units, ",
    };

    private static string Memory(DeviceInfo device) =>
        device.MemoryBytes > 0 ? $"{NetworkSummary.Size(device.MemoryBytes)} of memory, " : "";

    private static void Describe(Utf8JsonWriter json, DeviceInfo device)
    {
        json.WriteString("device", device.Id);
        json.WriteString("kind", device.Kind.ToString().ToLowerInvariant());
        json.WriteString("name", device.Name);
        json.WriteBoolean("is_processor", device.IsProcessor);
        json.WriteNumber("units", device.Units);
        json.WriteNumber("memory_bytes", device.MemoryBytes);
        json.WriteString("capabilities", device.Capabilities);
        json.WriteBoolean("usable", device.IsUsable);
        json.WriteString("why_unusable", device.WhyUnusable);
    }
}
