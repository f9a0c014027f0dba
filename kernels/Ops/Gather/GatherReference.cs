using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>Gathering a batch as plain loops.</summary>
public static class GatherReference
{
    /// <summary><c>x[i,j] = scale·image[index[i],j] + shift</c> and the labels alongside.</summary>
    /// <param name="images">The data set, samples x features.</param>
    /// <param name="labels">The data set's labels.</param>
    /// <param name="indices">Which sample each row of the batch takes.</param>
    /// <param name="x">The batch, batch x features; overwritten.</param>
    /// <param name="batchLabels">The batch's labels; overwritten.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="features">Columns.</param>
    /// <param name="scale">Multiplies each byte.</param>
    /// <param name="shift">Added afterwards.</param>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="ArgumentOutOfRangeException">An index is not one of a sample.</exception>
    public static void Compute<T>(
        ReadOnlySpan<byte> images, ReadOnlySpan<byte> labels, ReadOnlySpan<int> indices, Span<T> x, Span<byte> batchLabels,
        int batch, int features, T scale, T shift)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < batch; i++)
        {
            var image = images.Slice(indices[i] * features, features);
            for (var j = 0; j < features; j++)
            {
                x[(i * features) + j] = (scale * T.CreateChecked(image[j])) + shift;
            }

            batchLabels[i] = labels[indices[i]];
        }
    }

    internal static void Run(CpuBackend backend, in GatherCall call) =>
        Compute(call.Images.AsSpan(), call.Labels.AsSpan(), call.Indices.AsSpan(), call.X.AsSpan(), call.BatchLabels.AsSpan(),
            call.Batch, call.Features, call.Scale, call.Shift);
}
