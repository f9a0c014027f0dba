using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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

    /// <summary>
    /// The gradients replace the scores in <paramref name="columns"/>; names and derivation as in the reference.
    /// </summary>
    /// <param name="columns">Scores of sixteen rows, classes x 16.</param>
    /// <param name="call">The call that they are rows of.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="rows">How many there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Compute(Span<float> columns, in SoftmaxCrossEntropyCall call, int first, int rows)
    {
        var (classes, smoothing) = (call.Classes, call.LabelSmoothing);
        var some = call.Labels.AsSpan().Slice(first, rows);
        var labels = Widen(some);
        var weights = WeightsOf(some, call.ClassWeights.AsSpan());
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
        var scale = weights * Vector512.Create(1f / call.Batch);
        var (atLabel, elsewhere) = (Vector512.Create(spread + (1f - smoothing)), Vector512.Create(spread));
        for (var j = 0; j < classes; j++)
        {
            var at = (nuint)(j * RowBlock.Rows);
            var isLabel = Vector512.Equals(labels, Vector512.Create(j)).AsSingle();
            var target = Vector512.ConditionalSelect(isLabel, atLabel, elsewhere);
            var p = Vector512.LoadUnsafe(ref z, at) * share;
            ((p - target) * scale).StoreUnsafe(ref z, at);
        }

        var losses = VectorMath.Log(sum) - (shiftedAtLabel * Vector512.Create(1f - smoothing));
        if (smoothing > 0f)
        {
            losses -= shiftedSum * Vector512.Create(spread);
        }

        var correct = Vector512.Equals(predicted, labels).AsSingle() & Vector512<float>.One;
        RowBlock.StoreLanes(losses * weights, call.Losses.AsSpan().Slice(first, rows));
        RowBlock.StoreLanes(correct, call.Correct.AsSpan().Slice(first, rows));
    }

    /// <summary>The weight of each label's class, one a lane; 1 where classes have none.</summary>
    private static Vector512<float> WeightsOf(ReadOnlySpan<byte> labels, ReadOnlySpan<float> classWeights)
    {
        if (classWeights.IsEmpty)
        {
            return Vector512<float>.One;
        }

        Span<float> weights = stackalloc float[RowBlock.Rows];
        weights.Fill(1f);
        for (var i = 0; i < labels.Length; i++)
        {
            weights[i] = classWeights[labels[i]];
        }

        return Vector512.Create<float>(weights);
    }

    /// <summary>Labels as whole numbers, one a lane; lanes without a row get 0.</summary>
    private static Vector512<int> Widen(ReadOnlySpan<byte> labels)
    {
        if (labels.Length < RowBlock.Rows)
        {
            Span<byte> all = stackalloc byte[RowBlock.Rows];
            all.Clear();
            labels.CopyTo(all);
            return Widen(all);
        }

        if (Avx512F.IsSupported)
        {
            // Vector512.Create of two halves goes through memory.
            return Avx512F.ConvertToVector512Int32(Vector128.Create(labels));
        }

        var (first, second) = Vector256.Widen(Vector256.WidenLower(Vector128.Create(labels).ToVector256()));
        return Vector512.Create(first, second).AsInt32();
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

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public override void Execute(int part)
        {
            var (start, count) = Chunks[part];
            var (classes, end) = (_call.Classes, start + count);
            var logits = _call.Logits.AsSpan();
            var gradients = _call.DLogits.AsSpan();
            Span<float> columns = stackalloc float[classes * RowBlock.Rows];
            for (var first = start; first < end; first += RowBlock.Rows)
            {
                var rows = Math.Min(RowBlock.Rows, end - first);
                var scores = logits.Slice(first * classes, rows * classes);
                var gradient = gradients.Slice(first * classes, rows * classes);
                Prefetch.Ahead(scores);
                Prefetch.Ahead(gradient);
                RowBlock.Load(scores, classes, columns);
                Compute(columns, _call, first, rows);
                RowBlock.Store(columns, classes, gradient);
            }
        }
    }
}
