using ScratchNet.Engine;
using ScratchNet.Kernels;

namespace ScratchNet.Cli.Explain;

/// <summary>Equations of dense layers, in symbols and with numbers.</summary>
internal static class Equations
{
    /// <summary>The forward line of every dense layer; backward steps quote it.</summary>
    public const string Product = "z[j] = Σp x[p]·w[p,j] + b[j]";

    /// <summary>The name of the function that a layer applies; empty where it applies none.</summary>
    public static string Name(Dense dense) =>
        dense.Applied == Activation.None ? "" : dense.Applied.ToString().ToLowerInvariant();

    /// <summary>The function as a forward line.</summary>
    public static string Activate(Dense dense) => Name(dense) is { Length: > 0 } name ? $"y[j] = {name}(z[j])" : "y[j] = z[j]";

    /// <summary>The derivative of that line, from which dz follows.</summary>
    public static string Differentiate(Dense dense) => dense.Applied switch
    {
        Activation.Relu => "dz[j] = dy[j] where z[j] > 0, else 0",
        Activation.Sigmoid => "dz[j] = dy[j]·y[j]·(1 - y[j])",
        Activation.Tanh => "dz[j] = dy[j]·(1 - y[j]²)",
        _ => "dz[j] = dy[j]",
    };

    /// <summary>The slope of the function at a unit that got z and gave y, with numbers.</summary>
    public static string Slope(Dense dense, float z, float y) => dense.Applied switch
    {
        Activation.Sigmoid => $"{Explanation.Show(y)}·(1 - {Explanation.Show(y)})",
        Activation.Tanh => $"1 - {Explanation.ShowFactor(y)}²",
        _ => $"{Name(dense)}'({Explanation.Show(z)})",
    };

    /// <summary>The slope of the function at a unit that gave y.</summary>
    public static double SlopeAt(Dense dense, float y) => ActivationReference.Gradient(y, 1f, dense.Applied);
}
