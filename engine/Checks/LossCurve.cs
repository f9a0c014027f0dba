namespace ScratchNet.Engine;

/// <summary>Trains on a few samples, step by step, and notes the loss of each step: for checks, not for results.</summary>
public static class LossCurve
{
    /// <summary>Trains.</summary>
    /// <param name="network">The network.</param>
    /// <param name="optimizer">Changes its weights.</param>
    /// <param name="x">Samples one after another; batches are taken in turns.</param>
    /// <param name="labels">The right class of each.</param>
    /// <param name="batch">Samples in a step.</param>
    /// <param name="steps">Most steps.</param>
    /// <param name="enough">The loss at which to stop.</param>
    /// <returns>The loss before each update; ends with one that is not finite, if there is one.</returns>
    public static IReadOnlyList<double> Train(
        Network network, Optimizer optimizer, float[] x, byte[] labels, int batch, int steps, double enough = 0)
    {
        using var right = network.Backend.Share(labels);
        using var metrics = new RunningMetrics(network.Backend);
        var samples = Tensor.Allocate(network.Backend, labels.Length, network.Inputs);
        samples.CopyFrom(x);
        List<double> losses = [];
        while (losses.Count < steps && (losses.Count == 0 || (double.IsFinite(losses[^1]) && losses[^1] >= enough)))
        {
            var first = losses.Count * batch % (labels.Length - batch + 1);
            var part = new Tensor(samples.View.Slice(first * network.Inputs, batch * network.Inputs), batch, network.Inputs);
            metrics.Reset();
            network.TrainStep(part, right.View.Slice(first, batch), optimizer, metrics);
            losses.Add(metrics.Read().Loss);
        }

        samples.View.Buffer.Dispose();
        return losses;
    }

}
