using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>
/// <c>c = f(op(a)·bᵀ + bias)</c> for one or two rows of c, as a batch of one has them on its way back: too few to pay for
/// packing b. A row of b lies along the sum, so each element of c is a dot product of two contiguous rows. Eight of them run
/// side by side, since a multiply-add takes four cycles and two start each cycle.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TLanes">Its operations.</typeparam>
internal sealed unsafe class MatMulDot<TVector, TLanes> : ParallelJob
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    /// <summary>Most rows of c.</summary>
    public const int MaxRows = 2;

    private const int Side = 8;
    private MatMulCall _call;
    private MatMulPlan _plan;

    /// <summary>Whether a product is one for this kernel.</summary>
    public static bool Suits(in MatMulCall call) =>
        call.TransposeB && (call.M == 1 || (call.M <= MaxRows && !call.TransposeA));

    /// <summary>Multiplies.</summary>
    public void Run(CpuBackend backend, in MatMulCall call)
    {
        _call = call;
        _plan = MatMulPlan.For(call, columnUnit: Side, rowUnit: MaxRows, backend.Team.Threads);
        backend.Team.Run(this, _plan.Parts);
        _call = default;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(int part)
    {
        var (_, columns) = _plan.Rectangle(part);
        var bias = _call.Bias.AsSpan();
        fixed (float* a = _call.A.AsSpan(), b = _call.B.AsSpan())
        {
            for (var i = 0; i < _call.M; i++)
            {
                var c = _call.C.AsSpan().Slice(i * _call.N, _call.N)[columns.Start..columns.End];
                var row = a + (i * (nint)_call.K);
                var j = 0;
                for (; j <= c.Length - Side; j += Side)
                {
                    Dot8(row, b + ((columns.Start + j) * (nint)_call.K), _call.K, c[j..]);
                }

                for (; j < c.Length; j++)
                {
                    c[j] = Dot(row, b + ((columns.Start + j) * (nint)_call.K), _call.K);
                }

                Finish(c, bias.IsEmpty ? default : bias[columns.Start..columns.End]);
            }
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

        if (_call.Activation != ActivationKind.None)
        {
            ActivationSimd.Apply(c, c, _call.Activation);
        }
    }
}
