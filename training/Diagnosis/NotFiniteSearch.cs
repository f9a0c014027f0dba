using System.Buffers;
using System.Runtime.InteropServices;
using ScratchNet.Engine;

namespace ScratchNet.Training.Diagnosis;

/// <summary>The first tensor of a run that held a value that is no finite number.</summary>
/// <param name="Step">The step in which it did, from 1.</param>
/// <param name="Layer">The layer that it belongs to; -1 for the samples and the loss.</param>
/// <param name="Tensor">The tensor in words, with its layer.</param>
public sealed record NotFiniteTensor(long Step, int Layer, string Tensor);

/// <summary>
/// Finds out where a run broke down, afterwards: the steps are made again from a state before, which gives the same bits, and
/// those last ones are looked into tensor by tensor. A run that goes well pays nothing for it.
/// </summary>
public static class NotFiniteSearch
{
    // A gradient that is not finite spoils the weights that it changes, and those the loss of the next step.
    private const int StepsBefore = 3;

    // Values that are looked at together: they stay in a core's cache, and their memory is used again.
    private const int PartLength = 1 << 16;

    /// <summary>Searches.</summary>
    /// <param name="trainer">The same run in a state before the bad step: a new one, or one restored from a checkpoint. It makes
    /// steps.</param>
    /// <param name="badStep">The step at which the run broke down, from 1.</param>
    /// <returns>The first tensor that was not finite; null when none was, which means that the run was not the same.</returns>
    public static NotFiniteTensor? Find(Trainer trainer, long badStep)
    {
        var steps = trainer.Optimizer;
        while (steps.Steps < badStep && !trainer.IsDone)
        {
            if (steps.Steps >= badStep - StepsBefore && FindInNextStep(trainer) is { } found)
            {
                return found;
            }

            if (!TryStep(trainer))
            {
                break;
            }
        }

        return FindWeights(trainer.Network, steps.Steps, "after it");
    }

    /// <summary>Whether every value of a tensor is a finite number (a download, part by part).</summary>
    internal static bool IsFinite(Tensor tensor)
    {
        var part = ArrayPool<float>.Shared.Rent(Math.Min(tensor.Count, PartLength));
        var isFinite = true;
        for (var first = 0; isFinite && first < tensor.Count; first += part.Length)
        {
            var values = part.AsSpan(0, Math.Min(part.Length, tensor.Count - first));
            tensor.View.Slice(first, values.Length).CopyTo(values);
            isFinite = IsFinite(values);
        }

        ArrayPool<float>.Shared.Return(part);
        return isFinite;
    }

    /// <summary>A float is no finite number when all bits of its exponent are set: two ranges of its bits, one for each
    /// sign.</summary>
    internal static bool IsFinite(ReadOnlySpan<float> values)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        return !bits.ContainsAnyInRange(0x7F800000u, 0x7FFFFFFFu) && !bits.ContainsAnyInRange(0xFF800000u, 0xFFFFFFFFu);
    }

    /// <summary>Whether every weight and bias of a network is a finite number (a download).</summary>
    internal static bool IsFinite(Network network) => network.Parameters.All(parameter => IsFinite(parameter.Values));

    /// <summary>Makes the passes of a step without the step, and looks at each tensor in the order in which they come to
    /// be.</summary>
    private static NotFiniteTensor? FindInNextStep(Trainer trainer)
    {
        var (network, step) = (trainer.Network, trainer.Optimizer.Steps + 1);
        if (FindWeights(network, step, "before it") is { } weights)
        {
            return weights;
        }

        var (y, labels) = trainer.NextBatch();
        if (!IsFinite(y))
        {
            return new NotFiniteTensor(step, -1, "the samples");
        }

        foreach (var layer in network.Layers)
        {
            y = layer.Forward(network.Backend, y, new Pass(Training: true, network.Seed, (uint)step));
            if (!IsFinite(y))
            {
                return At(step, layer, "the outputs");
            }
        }

        var dy = network.Loss.Compute(network.Backend, y, labels);
        return Array.TrueForAll(network.Loss.Losses.Slice(0, y.Rows).ToArray(), float.IsFinite)
            ? FindInBackward(network, dy, step)
            : new NotFiniteTensor(step, -1, "the loss");
    }

    private static NotFiniteTensor? FindInBackward(Network network, Tensor dy, long step)
    {
        foreach (var layer in network.Layers.Reverse())
        {
            if (dy.View.Buffer is null)
            {
                return null;
            }

            dy = layer.Backward(network.Backend, dy);
            foreach (var parameter in layer.Parameters)
            {
                if (!IsFinite(parameter.Gradients))
                {
                    return At(step, layer, $"the gradient of {parameter.Name}");
                }
            }
        }

        return null;
    }

    private static NotFiniteTensor? FindWeights(Network network, long step, string when)
    {
        foreach (var layer in network.Layers)
        {
            foreach (var parameter in layer.Parameters)
            {
                if (!IsFinite(parameter.Values))
                {
                    return At(step, layer, $"{parameter.Name} {when}");
                }
            }
        }

        return null;
    }

    private static NotFiniteTensor At(long step, Layer layer, string tensor) =>
        new(step, layer.Index, $"{tensor}, layer {layer.Index} ({layer.Description})");

    private static bool TryStep(Trainer trainer)
    {
        try
        {
            trainer.Step();
            return true;
        }
        catch (NotFiniteException)
        {
            return false;
        }
    }
}
