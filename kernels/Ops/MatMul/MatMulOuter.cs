using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>
/// <c>c = f(a·b + bias)</c> for sums of one term, the weight gradient of a batch of one: <c>c[i,j] = a[i]·b[j]</c>. Writing c is
/// what takes the time, so it is written row by row, from its first element to its last.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TLanes">Its operations.</typeparam>
internal sealed unsafe class MatMulOuter<TVector, TLanes> : ParallelJob
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    private MatMulCall _call;
    private MatMulPlan _plan;

    /// <summary>Whether a product is one for this kernel.</summary>
    public static bool Suits(in MatMulCall call) => call.K == 1;

    /// <summary>Multiplies.</summary>
    public void Run(CpuBackend backend, in MatMulCall call)
    {
        _call = call;
        // One strip of all columns: parts are rows.
        _plan = MatMulPlan.For(call, columnUnit: call.N, rowUnit: 1, backend.Team.Threads);
        backend.Team.Run(this, _plan.Parts);
        _call = default;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(int part)
    {
        var (rows, _) = _plan.Rectangle(part);
        fixed (float* a = _call.A.AsSpan(), b = _call.B.AsSpan(), c = _call.C.AsSpan(), bias = _call.Bias.AsSpan())
        {
            for (var i = rows.Start; i < rows.End; i++)
            {
                var row = c + (i * (nint)_call.N);
                Row(a[i], b, bias, row);
                if (_call.Activation != Activation.None)
                {
                    var outputs = new Span<float>(row, _call.N);
                    ActivationSimd.Apply(outputs, outputs, _call.Activation);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row(float ai, float* b, float* bias, float* c)
    {
        var n = _call.N;
        var factor = TLanes.Broadcast(ai);
        var j = 0;
        for (; j <= n - TLanes.Count; j += TLanes.Count)
        {
            var start = bias is null ? default : TLanes.Load(bias + j);
            TLanes.Store(c + j, TLanes.MultiplyAdd(factor, TLanes.Load(b + j), start));
        }

        if (j < n)
        {
            var first = TLanes.First(n - j);
            var start = bias is null ? default : TLanes.LoadFirst(bias + j, first);
            TLanes.StoreFirst(c + j, TLanes.MultiplyAdd(factor, TLanes.LoadFirst(b + j, first), start), first);
        }
    }
}
