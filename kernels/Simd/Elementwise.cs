using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ScratchNet.Kernels;

/// <summary>
/// What an elementwise operation does to sixteen elements, at one place of up to four arrays. The arrays that it only reads
/// come first. <see cref="Elementwise"/> brings the loop, the ragged end and the threads.
/// </summary>
internal interface IElementwise
{
    /// <summary>How many arrays there are.</summary>
    static abstract int Arrays { get; }

    /// <summary>How many of them, from the first, are only read.</summary>
    static abstract int Inputs { get; }

    /// <summary>Whether the others are updated in place; if not, they are only written, with <c>TStore</c>.</summary>
    static virtual bool Updates => false;

    /// <summary>
    /// Whether the arithmetic takes about as long as memory does. It then hides what ordinary stores take, but not those past
    /// the caches, of which a core can hold few: with them, sigmoid took a tenth longer.
    /// </summary>
    static virtual bool IsLong => false;

    /// <summary>
    /// Does sixteen elements. Each argument is the first of them in its array; those beyond the last array mean nothing.
    /// </summary>
    void Apply<TStore>(ref float a, ref float b, ref float c, ref float d)
        where TStore : struct, IStore;
}

/// <summary>Runs an elementwise operation over whole arrays.</summary>
internal static class Elementwise
{
    private const int Width = 16;
    private const int Unrolled = 8 * Width;

    /// <summary>Arrays of more bytes than this together are read next from memory: most third-level caches hold less.</summary>
    private const long Cached = 32 << 20;

    /// <summary>Runs over arrays of one length on a backend's threads.</summary>
    /// <param name="backend">Gives the threads.</param>
    /// <param name="operation">The operation, with its constants.</param>
    /// <param name="count">Elements of each array.</param>
    /// <param name="a">First array.</param>
    /// <param name="b">Second array.</param>
    /// <param name="c">Third array, if there is one.</param>
    /// <param name="d">Fourth array, if there is one.</param>
    public static void Run<TOperation>(CpuBackend backend, in TOperation operation, int count,
        BufferView<float> a, BufferView<float> b, BufferView<float> c = default, BufferView<float> d = default)
        where TOperation : struct, IElementwise
    {
        var chunks = Chunks.Of(count, backend.Team.Threads);
        var pastCaches = !TOperation.IsLong && (long)TOperation.Arrays * count * sizeof(float) > Cached;
        if (chunks.Count == 1)
        {
            Run(operation, a.AsSpan()[..count], b.AsSpan(), c.AsSpan(), d.AsSpan(), pastCaches);
            return;
        }

        var job = backend.Job<ElementwiseJob<TOperation>>();
        job.Set(operation, chunks, pastCaches, a, b, c, d);
        backend.Team.Run(job, chunks.Count);
    }

    /// <summary>
    /// Runs over spans, on the thread that calls. All that the operation has are at least as long as <paramref name="a"/>.
    /// </summary>
    /// <param name="operation">The operation, with its constants.</param>
    /// <param name="a">First array.</param>
    /// <param name="b">Second array.</param>
    /// <param name="c">Third array, if there is one.</param>
    /// <param name="d">Fourth array, if there is one.</param>
    /// <param name="pastCaches">Whether what is only written had better bypass the caches.</param>
    public static void Run<TOperation>(
        in TOperation operation, Span<float> a, Span<float> b, Span<float> c, Span<float> d, bool pastCaches = false)
        where TOperation : struct, IElementwise
    {
        // Arrays that the operation has not are given as its first, so that every reference points to something.
        b = b[..a.Length];
        c = TOperation.Arrays > 2 ? c[..a.Length] : a;
        d = TOperation.Arrays > 3 ? d[..a.Length] : a;
        var output = TOperation.Inputs == 1 ? b : c;
        var isFresh = !TOperation.Updates && output != a && (TOperation.Inputs == 1 || output != b);
        if (pastCaches && isFresh && IsAligned(output))
        {
            Loop<TOperation, StorePastCaches>(operation, a, b, c, d);

            // Such stores wait for no others: whoever is told of the result by an ordinary one must find it.
            Interlocked.MemoryBarrier();
        }
        else
        {
            Loop<TOperation, StoreInCache>(operation, a, b, c, d);
        }
    }

    private static unsafe bool IsAligned(Span<float> output) =>
        (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(output)) % StorePastCaches.Alignment == 0;

    // Compiled in full at once: a short training would be over before the runtime had found out that this loop
    // matters. Never inlined: inside a larger method, the operation itself may fail to be.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Loop<TOperation, TStore>(TOperation operation, Span<float> a, Span<float> b, Span<float> c, Span<float> d)
        where TOperation : struct, IElementwise
        where TStore : struct, IStore
    {
        ref var a0 = ref MemoryMarshal.GetReference(a);
        ref var b0 = ref MemoryMarshal.GetReference(b);
        ref var c0 = ref MemoryMarshal.GetReference(c);
        ref var d0 = ref MemoryMarshal.GetReference(d);
        nint count = a.Length;
        nint i = 0;
        for (; i <= count - Unrolled; i += Unrolled)
        {
            At<TOperation, TStore>(operation, ref a0, ref b0, ref c0, ref d0, i);
            At<TOperation, TStore>(operation, ref a0, ref b0, ref c0, ref d0, i + Width);
            At<TOperation, TStore>(operation, ref a0, ref b0, ref c0, ref d0, i + (2 * Width));
            At<TOperation, TStore>(operation, ref a0, ref b0, ref c0, ref d0, i + (3 * Width));
            At<TOperation, TStore>(operation, ref a0, ref b0, ref c0, ref d0, i + (4 * Width));
            At<TOperation, TStore>(operation, ref a0, ref b0, ref c0, ref d0, i + (5 * Width));
            At<TOperation, TStore>(operation, ref a0, ref b0, ref c0, ref d0, i + (6 * Width));
            At<TOperation, TStore>(operation, ref a0, ref b0, ref c0, ref d0, i + (7 * Width));
        }

        for (; i <= count - Width; i += Width)
        {
            At<TOperation, TStore>(operation, ref a0, ref b0, ref c0, ref d0, i);
        }

        if (i < count)
        {
            var done = (int)i;
            RunTail(operation, a[done..], b[done..], c[done..], d[done..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void At<TOperation, TStore>(
        in TOperation operation, ref float a, ref float b, ref float c, ref float d, nint i)
        where TOperation : struct, IElementwise
        where TStore : struct, IStore =>
        operation.Apply<TStore>(
            ref Unsafe.Add(ref a, i), ref Unsafe.Add(ref b, i), ref Unsafe.Add(ref c, i), ref Unsafe.Add(ref d, i));

    /// <summary>Fewer than sixteen elements: worked on in copies, from which the outputs are copied back.</summary>
    private static void RunTail<TOperation>(TOperation operation, Span<float> a, Span<float> b, Span<float> c, Span<float> d)
        where TOperation : struct, IElementwise
    {
        Span<float> copy = stackalloc float[4 * Width];
        copy.Clear();
        var copyB = copy[Width..];
        var copyC = copy[(2 * Width)..];
        var copyD = copy[(3 * Width)..];
        a.CopyTo(copy);
        b.CopyTo(copyB);
        c.CopyTo(copyC);
        d.CopyTo(copyD);
        operation.Apply<StoreInCache>(ref copy[0], ref copyB[0], ref copyC[0], ref copyD[0]);
        if (TOperation.Inputs < 2)
        {
            copyB[..b.Length].CopyTo(b);
        }

        if (TOperation.Inputs < 3 && TOperation.Arrays > 2)
        {
            copyC[..c.Length].CopyTo(c);
        }

        if (TOperation.Arrays > 3)
        {
            copyD[..d.Length].CopyTo(d);
        }
    }
}

/// <summary>An elementwise operation over arrays, cut in chunks.</summary>
internal sealed class ElementwiseJob<TOperation> : ParallelJob
    where TOperation : struct, IElementwise
{
    private TOperation _operation;
    private BufferView<float> _a;
    private BufferView<float> _b;
    private BufferView<float> _c;
    private BufferView<float> _d;
    private bool _pastCaches;

    public Chunks Chunks { get; private set; }

    public void Set(in TOperation operation, Chunks chunks, bool pastCaches,
        BufferView<float> a, BufferView<float> b, BufferView<float> c, BufferView<float> d)
    {
        _operation = operation;
        (Chunks, _pastCaches) = (chunks, pastCaches);
        (_a, _b, _c, _d) = (a, b, c, d);
    }

    public override void Execute(int part)
    {
        var (start, length) = Chunks[part];
        Elementwise.Run(_operation, _a.AsSpan().Slice(start, length), _b.AsSpan().Slice(start, length),
            _c.IsEmpty ? default : _c.AsSpan().Slice(start, length),
            _d.IsEmpty ? default : _d.AsSpan().Slice(start, length), _pastCaches);
    }
}
