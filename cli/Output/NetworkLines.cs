using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Output;

/// <summary>Says in a few lines what is about to be trained, on what, where.</summary>
internal static class NetworkLines
{
    /// <summary>The sizes of all layers, such as <c>784-128-10</c>.</summary>
    public static string Shape(Network network) =>
        string.Join('-', network.Layers.OfType<Dense>().Select(layer => layer.Outputs).Prepend(network.Inputs));

    /// <summary>The device in words, with its threads when it is the processor.</summary>
    public static string Describe(DeviceInfo device) => device.Kind == DeviceKind.Cpu
        ? $"cpu, {device.Units} thread{(device.Units == 1 ? "" : "s")}, {device.Capabilities}"
        : $"{device.Id}, {Terminal.OneLine(device.Name)}";

    /// <summary>The data in words.</summary>
    public static string Describe(string name, Dataset train, Dataset? validation, Dataset test) =>
        $"{Terminal.OneLine(name)}: {Figures.Count(train.Count)} pictures of {train.Height}x{train.Width} to train on, "
        + $"{Figures.Count(validation?.Count ?? 0)} to validate, {Figures.Count(test.Count)} held out to test, "
        + $"{train.Classes} classes";
}
