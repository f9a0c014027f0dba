namespace ScratchNet.Engine;

/// <summary>
/// A network's forward pass in double precision, from its first layer or a later one, with values that can be nudged.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="x">What comes into the first layer that is run, batch x its inputs.</param>
/// <param name="batch">Number of rows.</param>
/// <param name="step">The training step to imitate: dropout masks depend on it.</param>
/// <param name="start">The first layer to run.</param>
internal sealed class ReferencePass(Network network, float[] x, int batch, long step, int start = 0)
{
    /// <summary>What comes in.</summary>
    public double[] Input { get; } = Array.ConvertAll(x, value => (double)value);

    /// <summary>The parameters of the layers that are run, one after another.</summary>
    public IReadOnlyList<double[]> Parameters { get; } = [.. network.Layers.Skip(start).SelectMany(layer => layer.Parameters)
        .Select(parameter => Array.ConvertAll(parameter.Values.ToArray(), value => (double)value))];

    /// <summary>Runs the layers.</summary>
    /// <returns>The scores, batch x outputs.</returns>
    public double[] Forward()
    {
        var pass = new Pass(Training: true, network.Seed, (uint)step);
        var y = Input;
        var first = 0;
        foreach (var layer in network.Layers.Skip(start))
        {
            y = layer.ForwardReference(y, batch, [.. Parameters.Skip(first).Take(layer.Parameters.Count)], pass);
            first += layer.Parameters.Count;
        }

        return y;
    }
}
