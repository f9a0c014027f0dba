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
                if (bias is null)
                {
                    Row(a[i], b, c + (i * (nint)_call.N), _call.N);
                }
                else
                {
                    Row(a[i], b, bias, c + (i * (nint)_call.N), _call.N);
                }
            }

            if (_call.Activation != Activation.None)
            {
                var outputs = new Span<float>(c + (rows.Start * (nint)_call.N), rows.Length * _call.N);
                ActivationSimd.Apply(outputs, outputs, _call.Activation);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(float ai, float* b, float* c, int n)
    {
        var factor = TLanes.Broadcast(ai);
        var j = 0;
        for (; j <= n - (4 * TLanes.Count); j += 4 * TLanes.Count)
        {
            // A sum of one term: 0 is what the chain of multiply-adds begins with, so that -0 becomes 0 here as it does there.
            TLanes.Store(c + j, TLanes.MultiplyAdd(factor, TLanes.Load(b + j), default));
            TLanes.Store(c + j + TLanes.Count, TLanes.MultiplyAdd(factor, TLanes.Load(b + j + TLanes.Count), default));
            TLanes.Store(
                c + j + (2 * TLanes.Count), TLanes.MultiplyAdd(factor, TLanes.Load(b + j + (2 * TLanes.Count)), default));
            TLanes.Store(
                c + j + (3 * TLanes.Count), TLanes.MultiplyAdd(factor, TLanes.Load(b + j + (3 * TLanes.Count)), default));
        }

        for (; j < n; j += TLanes.Count)
        {
            var first = TLanes.First(n - j);
            TLanes.StoreFirst(c + j, TLanes.MultiplyAdd(factor, TLanes.LoadFirst(b + j, first), default), first);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(float ai, float* b, float* bias, float* c, int n)
    {
        var factor = TLanes.Broadcast(ai);
        for (var j = 0; j < n; j += TLanes.Count)
        {
            var first = TLanes.First(n - j);
            var sum = TLanes.MultiplyAdd(factor, TLanes.LoadFirst(b + j, first), TLanes.LoadFirst(bias + j, first));
            TLanes.StoreFirst(c + j, sum, first);
        }
    }
}
