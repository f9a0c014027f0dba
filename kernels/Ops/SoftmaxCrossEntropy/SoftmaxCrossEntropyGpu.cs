using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>
/// Softmax cross-entropy in one pass over each row z: with M = max z and S = sum of e^(z - M), the loss is the sum over j of
/// t[j]·(log S - (z[j] - M)), and its gradient (e^(z[j] - M)/S - t[j])/batch. One thread a row does for short rows and for
/// processors;
/// one group a row keeps a GPU busy when rows are long.
/// </summary>
/// <remarks>A row with NaN has a NaN loss and gradient; whether it counts as correct is then not said.</remarks>
internal static class SoftmaxCrossEntropyGpu
{
    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config,
        Views views, int batch, int classes, float smoothing);

    internal static readonly GpuKernel<Launcher> RowPerThread = new(RowPerThreadBody);
    internal static readonly GpuKernel<Launcher> RowPerGroup = new(RowPerGroupBody);

    /// <summary>Rows up to this length are one thread's work on any device: a group would spend its time at barriers.</summary>
    internal const int ShortRow = 32;
    private const int MostThreads = 256;

    /// <summary>What a kernel reads and writes: see <see cref="SoftmaxCrossEntropyCall"/>.</summary>
    internal readonly record struct Views(
        ArrayView<float> Z, ArrayView<byte> Labels, ArrayView<float> Dz, ArrayView<float> Losses, ArrayView<float> Correct,
        ArrayView<float> Weights, int HasWeights)
    {
        /// <summary>What the loss of a row with this label is multiplied by.</summary>
        public float WeightOf(int label) => HasWeights != 0 ? Weights[label] : 1f;
    }

    public static void RunRowPerThread(GpuBackend backend, in SoftmaxCrossEntropyCall call) =>
        backend.Launcher(RowPerThread)(
            backend.Stream, backend.ForEach(call.Batch), Of(backend, call), call.Batch, call.Classes, call.LabelSmoothing);

    public static void RunRowPerGroup(GpuBackend backend, in SoftmaxCrossEntropyCall call) =>
        backend.Launcher(RowPerGroup)(backend.Stream, backend.Groups(call.Batch, backend.GroupSize), Of(backend, call),
            call.Batch, call.Classes, call.LabelSmoothing);

    private static Views Of(GpuBackend backend, in SoftmaxCrossEntropyCall call) =>
        new(backend.Memory(call.Logits), backend.Memory(call.Labels), backend.Memory(call.DLogits), backend.Memory(call.Losses),
            backend.Memory(call.Correct), backend.Memory(call.ClassWeights), call.ClassWeights.IsEmpty ? 0 : 1);

    private static void RowPerThreadBody(Views views, int batch, int classes, float smoothing)
    {
        var share = Share.Of(batch);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            var row = i * classes;
            var best = ArgMaxGpu.OfRow(views.Z, row, classes);
            var max = views.Z[row];
            for (var j = 1; j < classes; j++)
            {
                max = GpuMath.Max(max, views.Z[row + j]);
            }

            var sum = 0f;
            for (var j = 0; j < classes; j++)
            {
                sum += GpuMath.Exp(views.Z[row + j] - max);
            }

            int label = views.Labels[i];
            var terms = new RowTerms(
                max, sum, GpuMath.Log(sum), label, smoothing / classes, 1f - smoothing, views.WeightOf(label));
            var loss = 0f;
            for (var j = 0; j < classes; j++)
            {
                loss += Finish(views, row + j, j, terms, batch);
            }

            views.Losses[i] = terms.Weight * loss;
            views.Correct[i] = best == label ? 1f : 0f;
        }
    }

    private static void RowPerGroupBody(Views views, int batch, int classes, float smoothing)
    {
        var values = SharedMemory.Allocate<float>(MostThreads);
        var places = SharedMemory.Allocate<int>(MostThreads);
        for (var i = Grid.IdxX; i < batch; i += Grid.DimX)
        {
            var row = i * classes;
            FindMax(views.Z, row, classes, values, places);
            var (max, best) = (values[0], places[0]);
            Group.Barrier();

            var sum = 0f;
            for (var j = Group.IdxX; j < classes; j += Group.DimX)
            {
                sum += GpuMath.Exp(views.Z[row + j] - max);
            }

            sum = SumOverGroup(sum, values);
            int label = views.Labels[i];
            var terms = new RowTerms(
                max, sum, GpuMath.Log(sum), label, smoothing / classes, 1f - smoothing, views.WeightOf(label));
            var loss = 0f;
            for (var j = Group.IdxX; j < classes; j += Group.DimX)
            {
                loss += Finish(views, row + j, j, terms, batch);
            }

            loss = SumOverGroup(loss, values);
            if (Group.IdxX == 0)
            {
                views.Losses[i] = terms.Weight * loss;
                views.Correct[i] = best == label ? 1f : 0f;
            }
        }
    }

    /// <summary>What all elements of a row share.</summary>
    private readonly record struct RowTerms(
        float Max, float Sum, float LogSum, int Label, float Spread, float Peak, float Weight);

    /// <summary>Writes the gradient of one element and gives its part of the loss.</summary>
    private static float Finish(Views views, int place, int j, RowTerms terms, int batch)
    {
        var shifted = views.Z[place] - terms.Max;
        var target = j == terms.Label ? terms.Spread + terms.Peak : terms.Spread;

        // Forward: loss = sum of t·(log S - (z - M)). The targets add up to 1, so dloss/dz[j] = e^(z[j] - M)/S - t[j].
        views.Dz[place] = terms.Weight * ((GpuMath.Exp(shifted) / terms.Sum) - target) / batch;
        return target == 0f ? 0f : target * (terms.LogSum - shifted);
    }

    /// <summary>Leaves the row's largest value in values[0] and its first place in places[0]. A tree: each step halves what is
    /// left.</summary>
    private static void FindMax(ArrayView<float> z, int row, int classes, ArrayView<float> values, ArrayView<int> places)
    {
        var thread = Group.IdxX;
        var place = thread < classes ? thread : 0;
        var value = z[row + place];
        for (var j = thread + Group.DimX; j < classes; j += Group.DimX)
        {
            place = z[row + j] > z[row + place] ? j : place;
            value = GpuMath.Max(value, z[row + j]);
        }

        values[thread] = value;
        places[thread] = place;
        Group.Barrier();
        for (var left = Group.DimX; left > 1; left = (left + 1) / 2)
        {
            var other = thread + ((left + 1) / 2);
            if (other < left)
            {
                var better = values[other] > values[thread]
                    || (values[other] == values[thread] && places[other] < places[thread]);
                places[thread] = better ? places[other] : places[thread];
                values[thread] = GpuMath.Max(values[thread], values[other]);
            }

            Group.Barrier();
        }
    }

    /// <summary>The sum of every thread's part, for all threads: a tree as well.</summary>
    private static float SumOverGroup(float part, ArrayView<float> parts)
    {
        var thread = Group.IdxX;
        parts[thread] = part;
        Group.Barrier();
        for (var left = Group.DimX; left > 1; left = (left + 1) / 2)
        {
            var other = thread + ((left + 1) / 2);
            if (other < left)
            {
                parts[thread] += parts[other];
            }

            Group.Barrier();
        }

        var sum = parts[0];
        Group.Barrier();
        return sum;
    }
}
