using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>
/// <c>c = aᵀ·b</c> for a c with few columns: the weight gradient of a layer with ten outputs. Its rows fill no vector, so the
/// transpose <c>cᵀ = bᵀ·a</c> is computed, whose rows are long, and turned round. Both operands lie for it as they are, and each
/// element is the same chain of multiply-adds.
/// </summary>
internal static class MatMulNarrow
{
    /// <summary>More columns fill vectors well enough; the transpose would cost more than it gains.</summary>
    private const int MaxColumns = 12;

    /// <summary>Fewer rows do not fill the vectors of the transpose.</summary>
    private const int MinRows = 32;

    /// <summary>Fewer terms do not pay for turning the result round.</summary>
    private const int MinTerms = 24;

    /// <summary>Whether a product is one for this way.</summary>
    public static bool Suits(in MatMulCall call) =>
        call.TransposeA && !call.TransposeB && call.N <= MaxColumns && call.M >= MinRows && call.K >= MinTerms
        && call.Bias.IsEmpty && call.Activation == Activation.None;

    /// <summary>
    /// How many of the threads share the product. The bytes that it moves don't count here: one core turns the result round, and
    /// where it has no cache in common with another, to fetch what that one computed took longer than computing it.
    /// </summary>
    public static int Sharers(in MatMulCall call, int threads) => call.Flops < MatMulPlan.MinSharedFlops ? 1 : threads;

    /// <summary>The product whose result is <c>cᵀ</c>, n x m.</summary>
    public static MatMulCall Swap(in MatMulCall call, BufferView<float> transposed) =>
        new(call.B, call.A, transposed, call.N, call.M, call.K, TransposeA: true);

    /// <summary>Writes the n x m result into c, m x n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void TurnRound(BufferView<float> transposed, in MatMulCall call)
    {
        fixed (float* source = transposed.AsSpan(), c = call.C.AsSpan())
        {
            MatMulPack.Columns(source, call.M, c, call.N, call.N, call.M);
        }
    }
}
