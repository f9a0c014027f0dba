using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>The samples with the largest losses: how many come before one is counted sixteen at a time, threads over
/// candidates.</summary>
internal static class HardestSimd
{
    public static void Run(CpuBackend backend, in HardestCall call)
    {
        var job = backend.Job<RankJob>();

        // A candidate is compared with each, which takes about a quarter of what elements elsewhere do.
        job.Set(call, Chunks.OfRows(call.Candidates, ((call.Candidates - 1) / 4) + 1, 1, backend.Team.Threads));
        backend.Team.Run(job, job.Chunks.Count);
    }

    /// <summary>How many of some numbers are larger than one of them, or as large and before it.</summary>
    /// <param name="keys">The numbers, none of them NaN.</param>
    /// <param name="i">Which one.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Rank(ReadOnlySpan<float> keys, int i)
    {
        var width = Vector512<float>.Count;
        ref var key = ref MemoryMarshal.GetReference(keys);
        var mine = Vector512.Create(keys[i]);
        var (rank, counts) = (0, Vector512<int>.Zero);
        var j = 0;

        // All bits of a lane are set where the comparison holds, which is the number -1.
        for (; j + width <= i; j += width)
        {
            counts -= Vector512.GreaterThanOrEqual(Vector512.LoadUnsafe(ref key, (nuint)j), mine).AsInt32();
        }

        for (; j < keys.Length && (j <= i || j % width != 0); j++)
        {
            rank += keys[j] > keys[i] || (keys[j] == keys[i] && j < i) ? 1 : 0;
        }

        for (; j + width <= keys.Length; j += width)
        {
            counts -= Vector512.GreaterThan(Vector512.LoadUnsafe(ref key, (nuint)j), mine).AsInt32();
        }

        for (; j < keys.Length; j++)
        {
            rank += keys[j] > keys[i] ? 1 : 0;
        }

        return rank + Vector512.Sum(counts);
    }

    private sealed class RankJob : ParallelJob
    {
        private HardestCall _call;
        private float[] _keys = [];

        public Chunks Chunks { get; private set; }

        public void Set(in HardestCall call, Chunks chunks)
        {
            (_call, Chunks) = (call, chunks);
            if (_keys.Length < call.Candidates)
            {
                _keys = new float[call.Candidates];
            }

            var losses = call.Losses.AsSpan();
            for (var i = 0; i < call.Candidates; i++)
            {
                _keys[i] = HardestReference.KeyOf(losses[i]);
            }
        }

        public override void Execute(int part)
        {
            var (start, count) = Chunks[part];
            var keys = _keys.AsSpan(0, _call.Candidates);
            for (var i = start; i < start + count; i++)
            {
                var rank = Rank(keys, i);
                if (rank < _call.Chosen)
                {
                    _call.ChosenRows.AsSpan()[rank] = _call.Rows.AsSpan()[i];
                    _call.ChosenSamples.AsSpan()[rank] = _call.Samples.AsSpan()[i];
                }
            }
        }
    }
}
