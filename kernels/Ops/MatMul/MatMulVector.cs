using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>
/// <c>c = f(a·op(b) + bias)</c> for one row of c, as a batch of one has it: every number of b is used once, so nothing pays for
/// packing it, and reading it is what takes the time. Eight vectors of sums run side by side, since a multiply-add takes four
/// cycles and two start each cycle.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TLanes">Its operations.</typeparam>
internal sealed unsafe class MatMulVector<TVector, TLanes> : ParallelJob
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    /// <summary>Vectors, or dot products, side by side.</summary>
    private const int Side = 8;

    private MatMulCall _call;
    private MatMulPlan _plan;

    /// <summary>Whether a product is one for this kernel.</summary>
    public static bool Suits(in MatMulCall call) => call.M == 1;

    /// <summary>Multiplies.</summary>
    public void Run(CpuBackend backend, in MatMulCall call)
    {
        _call = call;
        _plan = MatMulPlan.For(call, columnUnit: Side * (call.TransposeB ? 1 : TLanes.Count), rowUnit: 1, backend.Team.Threads);
        backend.Team.Run(this, _plan.Parts);
        _call = default;
    }

    /// <inheritdoc/>
    public override void Execute(int part)
    {
        var (_, columns) = _plan.Rectangle(part);
        var c = _call.C.AsSpan()[columns.Start..columns.End];
        fixed (float* a = _call.A.AsSpan(), b = _call.B.AsSpan())
        {
            if (_call.TransposeB)
            {
                Dots(a, b + (columns.Start * (nint)_call.K), c);
            }
            else
            {
                Sums(a, b + columns.Start, c);
            }
        }

        Finish(c, _call.Bias.IsEmpty ? default : _call.Bias.AsSpan()[columns.Start..columns.End]);
    }

    /// <summary>b as it is: c is the sum of its rows, each times a number of a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sums(float* a, float* b, Span<float> c)
    {
        fixed (float* target = c)
        {
            var j = 0;
            for (; j <= c.Length - (Side * TLanes.Count); j += Side * TLanes.Count)
            {
                Sum8(a, b + j, target + j);
            }

            for (; j < c.Length; j += TLanes.Count)
            {
                Sum1(a, b + j, target + j, TLanes.First(c.Length - j));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum8(float* a, float* b, float* c)
    {
        TVector c0 = default, c1 = default, c2 = default, c3 = default;
        TVector c4 = default, c5 = default, c6 = default, c7 = default;
        nint stride = _call.N;
        var end = a + _call.K;
        for (; a < end; a++, b += stride)
        {
            var ap = TLanes.Broadcast(*a);
            c0 = TLanes.MultiplyAdd(ap, TLanes.Load(b), c0);
            c1 = TLanes.MultiplyAdd(ap, TLanes.Load(b + TLanes.Count), c1);
            c2 = TLanes.MultiplyAdd(ap, TLanes.Load(b + (2 * TLanes.Count)), c2);
            c3 = TLanes.MultiplyAdd(ap, TLanes.Load(b + (3 * TLanes.Count)), c3);
            c4 = TLanes.MultiplyAdd(ap, TLanes.Load(b + (4 * TLanes.Count)), c4);
            c5 = TLanes.MultiplyAdd(ap, TLanes.Load(b + (5 * TLanes.Count)), c5);
            c6 = TLanes.MultiplyAdd(ap, TLanes.Load(b + (6 * TLanes.Count)), c6);
            c7 = TLanes.MultiplyAdd(ap, TLanes.Load(b + (7 * TLanes.Count)), c7);
        }

        TLanes.Store(c, c0);
        TLanes.Store(c + TLanes.Count, c1);
        TLanes.Store(c + (2 * TLanes.Count), c2);
        TLanes.Store(c + (3 * TLanes.Count), c3);
        TLanes.Store(c + (4 * TLanes.Count), c4);
        TLanes.Store(c + (5 * TLanes.Count), c5);
        TLanes.Store(c + (6 * TLanes.Count), c6);
        TLanes.Store(c + (7 * TLanes.Count), c7);
    }

    /// <summary>One vector of c, perhaps not all of it; terms are dealt to four sums so that they overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum1(float* a, float* b, float* c, TVector first)
    {
        TVector c0 = default, c1 = default, c2 = default, c3 = default;
        nint stride = _call.N;
        var p = 0;
        for (; p <= _call.K - 4; p += 4, b += 4 * stride)
        {
            c0 = TLanes.MultiplyAdd(TLanes.Broadcast(a[p]), TLanes.LoadFirst(b, first), c0);
            c1 = TLanes.MultiplyAdd(TLanes.Broadcast(a[p + 1]), TLanes.LoadFirst(b + stride, first), c1);
            c2 = TLanes.MultiplyAdd(TLanes.Broadcast(a[p + 2]), TLanes.LoadFirst(b + (2 * stride), first), c2);
            c3 = TLanes.MultiplyAdd(TLanes.Broadcast(a[p + 3]), TLanes.LoadFirst(b + (3 * stride), first), c3);
        }

        for (; p < _call.K; p++, b += stride)
        {
            c0 = TLanes.MultiplyAdd(TLanes.Broadcast(a[p]), TLanes.LoadFirst(b, first), c0);
        }

        TLanes.StoreFirst(c, TLanes.Add(TLanes.Add(c0, c1), TLanes.Add(c2, c3)), first);
    }

    /// <summary>b transposed: each number of c is the dot product of a and a row of b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Dots(float* a, float* b, Span<float> c)
    {
        var j = 0;
        for (; j <= c.Length - Side; j += Side)
        {
            Dot8(a, b + (j * (nint)_call.K), _call.K, c[j..]);
        }

        for (; j < c.Length; j++)
        {
            c[j] = Dot(a, b + (j * (nint)_call.K), _call.K);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot8(float* a, float* b, int k, Span<float> c)
    {
        TVector c0 = default, c1 = default, c2 = default, c3 = default;
        TVector c4 = default, c5 = default, c6 = default, c7 = default;
        var upper = b + (4 * (nint)k);
        var p = 0;
        for (; p <= k - TLanes.Count; p += TLanes.Count)
        {
            var ap = TLanes.Load(a + p);
            c0 = TLanes.MultiplyAdd(TLanes.Load(b + p), ap, c0);
            c1 = TLanes.MultiplyAdd(TLanes.Load(b + k + p), ap, c1);
            c2 = TLanes.MultiplyAdd(TLanes.Load(b + (2 * (nint)k) + p), ap, c2);
            c3 = TLanes.MultiplyAdd(TLanes.Load(b + (3 * (nint)k) + p), ap, c3);
            c4 = TLanes.MultiplyAdd(TLanes.Load(upper + p), ap, c4);
            c5 = TLanes.MultiplyAdd(TLanes.Load(upper + k + p), ap, c5);
            c6 = TLanes.MultiplyAdd(TLanes.Load(upper + (2 * (nint)k) + p), ap, c6);
            c7 = TLanes.MultiplyAdd(TLanes.Load(upper + (3 * (nint)k) + p), ap, c7);
        }

        if (p < k)
        {
            var first = TLanes.First(k - p);
            var ap = TLanes.LoadFirst(a + p, first);
            c0 = TLanes.MultiplyAdd(TLanes.LoadFirst(b + p, first), ap, c0);
            c1 = TLanes.MultiplyAdd(TLanes.LoadFirst(b + k + p, first), ap, c1);
            c2 = TLanes.MultiplyAdd(TLanes.LoadFirst(b + (2 * (nint)k) + p, first), ap, c2);
            c3 = TLanes.MultiplyAdd(TLanes.LoadFirst(b + (3 * (nint)k) + p, first), ap, c3);
            c4 = TLanes.MultiplyAdd(TLanes.LoadFirst(upper + p, first), ap, c4);
            c5 = TLanes.MultiplyAdd(TLanes.LoadFirst(upper + k + p, first), ap, c5);
            c6 = TLanes.MultiplyAdd(TLanes.LoadFirst(upper + (2 * (nint)k) + p, first), ap, c6);
            c7 = TLanes.MultiplyAdd(TLanes.LoadFirst(upper + (3 * (nint)k) + p, first), ap, c7);
        }

        c[0] = TLanes.Sum(c0);
        c[1] = TLanes.Sum(c1);
        c[2] = TLanes.Sum(c2);
        c[3] = TLanes.Sum(c3);
        c[4] = TLanes.Sum(c4);
        c[5] = TLanes.Sum(c5);
        c[6] = TLanes.Sum(c6);
        c[7] = TLanes.Sum(c7);
    }

    /// <summary>The same sum in the same order, for the columns that do not fill eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Dot(float* a, float* b, int k)
    {
        TVector sum = default;
        var p = 0;
        for (; p <= k - TLanes.Count; p += TLanes.Count)
        {
            sum = TLanes.MultiplyAdd(TLanes.Load(b + p), TLanes.Load(a + p), sum);
        }

        var first = TLanes.First(k - p);
        return TLanes.Sum(TLanes.MultiplyAdd(TLanes.LoadFirst(b + p, first), TLanes.LoadFirst(a + p, first), sum));
    }

    private void Finish(Span<float> c, ReadOnlySpan<float> bias)
    {
        for (var j = 0; j < bias.Length; j++)
        {
            c[j] += bias[j];
        }

        if (_call.Activation != Activation.None)
        {
            ActivationSimd.Apply(c, c, _call.Activation);
        }
    }
}
