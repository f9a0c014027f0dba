using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>Gathering a batch, 64 bytes at a time, threads over rows.</summary>
internal static class GatherSimd
{
    /// <summary>Far enough ahead for a picture to come from memory, near enough to be in the cache still.</summary>
    private const int RowsAhead = 3;

    public static void Run(CpuBackend backend, in GatherCall call)
    {
        var job = backend.Job<GatherJob>();
        job.Set(call, Chunks.OfRows(call.Batch, call.Features, 1, backend.Team.Threads));
        backend.Team.Run(job, job.Chunks.Count);
    }

    /// <summary>x[j] = scale·image[j] + shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Convert(ReadOnlySpan<byte> image, Span<float> x, float scale, float shift)
    {
        var width = Vector512<byte>.Count;
        ref var source = ref MemoryMarshal.GetReference(image);
        ref var target = ref MemoryMarshal.GetReference(x);
        var j = 0;
        for (; j <= image.Length - width; j += width)
        {
            Convert64(ref source, ref target, j, scale, shift);
        }

        if (j < image.Length && image.Length >= width)
        {
            // The last 64 once more reach the end; some elements are then written twice, with the same values.
            Convert64(ref source, ref target, image.Length - width, scale, shift);
            return;
        }

        for (; j < image.Length; j++)
        {
            x[j] = (scale * image[j]) + shift;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Convert64(ref byte source, ref float target, int at, float scale, float shift)
    {
        var (lower, upper) = Vector512.Widen(Vector512.LoadUnsafe(ref source, (nuint)at));
        var (first, second) = Vector512.Widen(lower);
        var (third, fourth) = Vector512.Widen(upper);
        Store(first, ref target, at, scale, shift);
        Store(second, ref target, at + 16, scale, shift);
        Store(third, ref target, at + 32, scale, shift);
        Store(fourth, ref target, at + 48, scale, shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<uint> values, ref float target, int at, float scale, float shift)
    {
        // Bytes fit a signed word, whose conversion is the cheaper one on many machines.
        var floats = Vector512.ConvertToSingle(values.AsInt32());
        ((floats * Vector512.Create(scale)) + Vector512.Create(shift)).StoreUnsafe(ref target, (nuint)at);
    }

    private sealed class GatherJob : ParallelJob
    {
        private GatherCall _call;

        public Chunks Chunks { get; private set; }

        public void Set(in GatherCall call, Chunks chunks)
        {
            _call = call;
            Chunks = chunks;
        }

        public override void Execute(int part)
        {
            var (start, count) = Chunks[part];
            var features = _call.Features;
            var indices = _call.Indices.AsSpan();
            var batchLabels = _call.BatchLabels.AsSpan();
            for (var i = start; i < start + count; i++)
            {
                if (i + RowsAhead < start + count)
                {
                    Prefetch.Whole(_call.Images.AsSpan().Slice(indices[i + RowsAhead] * features, features));
                }

                var image = _call.Images.AsSpan().Slice(indices[i] * features, features);
                Convert(image, _call.X.AsSpan().Slice(i * features, features), _call.Scale, _call.Shift);
                batchLabels[i] = _call.Labels.AsSpan()[indices[i]];
            }
        }
    }
}
