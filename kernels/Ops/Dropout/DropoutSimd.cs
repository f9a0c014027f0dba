using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>
/// Dropout with the random words of eight counters at a time, on all threads. The masks are the reference's, bit for bit.
/// </summary>
internal static class DropoutSimd
{
    public static void RunForward(CpuBackend backend, in DropoutForwardCall call)
    {
        var job = backend.Job<ForwardJob>();
        job.Set(call, Chunks.Of(call.Count, backend.Team.Threads));
        backend.Team.Run(job, job.Chunks.Count);
    }

    public static void RunBackward(CpuBackend backend, in DropoutBackwardCall call) =>
        Elementwise.Run(backend, default(BackwardOperation), call.Count, call.Dy, call.Mask, call.Dx);

    /// <summary>Forward: y = x·mask. So dx = dy·mask.</summary>
    private readonly struct BackwardOperation : IElementwise
    {
        public static int Arrays => 3;

        public static int Inputs => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float dy, ref float mask, ref float dx, ref float d)
            where TStore : struct, IStore =>
            TStore.Store(Vector512.LoadUnsafe(ref dy) * Vector512.LoadUnsafe(ref mask), ref dx);
    }

    private sealed class ForwardJob : ParallelJob
    {
        private DropoutForwardCall _call;

        public Chunks Chunks { get; private set; }

        public void Set(in DropoutForwardCall call, Chunks chunks)
        {
            _call = call;
            Chunks = chunks;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public override void Execute(int part)
        {
            var (start, length) = Chunks[part];
            var x = _call.X.AsSpan().Slice(start, length);
            var y = _call.Y.AsSpan().Slice(start, length);
            var mask = _call.Mask.AsSpan().Slice(start, length);
            var i = 0;
            for (; i <= length - PhiloxVector.WordCount; i += PhiloxVector.WordCount)
            {
                Apply(start + i, ref MemoryMarshal.GetReference(x[i..]), ref MemoryMarshal.GetReference(y[i..]),
                    ref MemoryMarshal.GetReference(mask[i..]));
            }

            if (i < length)
            {
                Span<float> copy = stackalloc float[3 * PhiloxVector.WordCount];
                x[i..].CopyTo(copy);
                var copyY = copy.Slice(PhiloxVector.WordCount, length - i);
                var copyMask = copy.Slice(2 * PhiloxVector.WordCount, length - i);
                Apply(start + i, ref copy[0], ref copyY[0], ref copyMask[0]);
                copyY.CopyTo(y[i..]);
                copyMask.CopyTo(mask[i..]);
            }
        }

        /// <summary>Does 32 elements, the first of which is element <paramref name="start"/>, a multiple of 32.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Apply(int start, ref float x, ref float y, ref float mask)
        {
            var (first, second) = PhiloxVector.At(_call.Seed, RandomPurpose.Dropout, _call.Layer, _call.Step, (ulong)(start / 4));
            Apply(first, ref x, ref y, ref mask);
            var width = Vector512<float>.Count;
            Apply(second, ref Unsafe.Add(ref x, width), ref Unsafe.Add(ref y, width), ref Unsafe.Add(ref mask, width));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Apply(Vector512<uint> words, ref float x, ref float y, ref float mask)
        {
            var dropped = Vector512.LessThan(words, Vector512.Create(_call.Threshold)).AsSingle();
            var factor = Vector512.AndNot(Vector512.Create(_call.KeptScale), dropped);
            factor.StoreUnsafe(ref mask);
            (Vector512.LoadUnsafe(ref x) * factor).StoreUnsafe(ref y);
        }
    }
}
