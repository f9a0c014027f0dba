using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>
/// Softmax cross-entropy of sixteen rows at a time, one row to a lane: three passes over a few vectors in the first-level cache,
/// for the maximum, for the exponentials and for the gradient. Threads share blocks of rows.
/// </summary>
internal static class SoftmaxCrossEntropySimd
{
    public static void Run(CpuBackend backend, in SoftmaxCrossEntropyCall call)
    {
        var job = backend.Job<RowsJob>();

        // An exponential and two transpositions make an element some four times as dear as an addition.
        job.Set(call, Chunks.OfRows(call.Batch, 4 * call.Classes, RowBlock.Rows, backend.Team.Threads));
        backend.Team.Run(job, job.Chunks.Count);
    }

    /// <summary>The gradients replace the scores in <paramref name="columns"/>; names and derivation as in the reference.</summary>
    /// <param name="columns">Scores of sixteen rows, classes x 16.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="labels">The right class of each row.</param>
    /// <param name="weights">What each row's loss is multiplied by.</param>
    /// <param name="smoothing">Share of the target that is spread over all classes.</param>
    /// <param name="batch">What the gradient is divided by.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static (Vector512<float> Losses, Vector512<float> Correct) Compute(
        Span<float> columns, int classes, Vector512<int> labels, Vector512<float> weights, float smoothing, int batch)
    {
        var (max, predicted) = RowBlock.ArgMax(columns, classes);
        ref var z = ref MemoryMarshal.GetReference(columns);
        var (sum, shiftedSum, shiftedAtLabel) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (var j = 0; j < classes; j++)
        {
            var at = (nuint)(j * RowBlock.Rows);
            var shifted = Vector512.LoadUnsafe(ref z, at) - max;
            var isLabel = Vector512.Equals(labels, Vector512.Create(j)).AsSingle();
            shiftedAtLabel = Vector512.ConditionalSelect(isLabel, shifted, shiftedAtLabel);
            shiftedSum += shifted;
            var e = VectorMath.ExpOfNegative(shifted);
            e.StoreUnsafe(ref z, at);
            sum += e;
        }

        var spread = smoothing / classes;
        var share = Vector512<float>.One / sum;
        var scale = weights * Vector512.Create(1f / batch);
        for (var j = 0; j < classes; j++)
        {
            var at = (nuint)(j * RowBlock.Rows);
            var isLabel = Vector512.Equals(labels, Vector512.Create(j)).AsSingle();
            var target = Vector512.ConditionalSelect(
                isLabel, Vector512.Create(spread + (1f - smoothing)), Vector512.Create(spread));
            var p = Vector512.LoadUnsafe(ref z, at) * share;
            ((p - target) * scale).StoreUnsafe(ref z, at);
        }

        var losses = VectorMath.Log(sum) - (shiftedAtLabel * Vector512.Create(1f - smoothing));
        if (smoothing > 0f)
        {
            losses -= shiftedSum * Vector512.Create(spread);
        }

        var correct = Vector512.Equals(predicted, labels).AsSingle() & Vector512<float>.One;
        return (losses * weights, correct);
    }

    private sealed class RowsJob : ParallelJob
    {
        private SoftmaxCrossEntropyCall _call;

        public Chunks Chunks { get; private set; }

        public void Set(in SoftmaxCrossEntropyCall call, Chunks chunks)
        {
            _call = call;
            Chunks = chunks;
        }

        public override void Execute(int part)
        {
            var (start, count) = Chunks[part];
            Span<float> columns = stackalloc float[_call.Classes * RowBlock.Rows];
            for (var first = start; first < start + count; first += RowBlock.Rows)
            {
                ComputeBlock(first, Math.Min(RowBlock.Rows, start + count - first), columns);
            }
        }

        private void ComputeBlock(int first, int rows, Span<float> columns)
        {
            var (at, length) = (first * _call.Classes, rows * _call.Classes);
            Span<int> targets = stackalloc int[RowBlock.Rows];
            Span<float> weights = stackalloc float[RowBlock.Rows];
            weights.Fill(1f);
            var labels = _call.Labels.AsSpan().Slice(first, rows);
            for (var i = 0; i < labels.Length; i++)
            {
                targets[i] = labels[i];
                if (!_call.ClassWeights.IsEmpty)
                {
                    weights[i] = _call.ClassWeights.AsSpan()[labels[i]];
                }
            }

            RowBlock.Load(_call.Logits.AsSpan().Slice(at, length), _call.Classes, columns);
            var (losses, correct) = Compute(
                columns, _call.Classes, Vector512.Create<int>(targets), Vector512.Create<float>(weights), _call.LabelSmoothing, _call.Batch);
            RowBlock.Store(columns, _call.Classes, _call.DLogits.AsSpan().Slice(at, length));
            RowBlock.StoreLanes(losses, _call.Losses.AsSpan().Slice(first, rows));
            RowBlock.StoreLanes(correct, _call.Correct.AsSpan().Slice(first, rows));
        }
    }
}
