using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra.Single;
using ScratchNet.Kernels;

namespace ScratchNet.Perf;

/// <summary>
/// A product by MathNet.Numerics in managed code. Its matrices stand column by column: what is c = a·b row by row is cᵀ = bᵀ·aᵀ
/// to it, with the same numbers in the same places.
/// </summary>
internal sealed class MathNetProduct
{
    /// <summary>What rows and <c>--peers</c> call it.</summary>
    public const string Name = "mathnet";

    /// <summary>Larger ones would take seconds each.</summary>
    private const int LargestSize = 256;

    private readonly DenseMatrix _left;
    private readonly DenseMatrix _right;
    private readonly DenseMatrix _result;

    /// <summary>Copies the factors.</summary>
    public MathNetProduct(in MatMulCall call)
    {
        _left = new DenseMatrix(call.N, call.K, call.B.ToArray());
        _right = new DenseMatrix(call.K, call.M, call.A.ToArray());
        _result = new DenseMatrix(call.N, call.M);
    }

    /// <summary>The product, row by row.</summary>
    public ReadOnlySpan<float> Result => _result.Values;

    /// <summary>Whether a product is small enough, and plain.</summary>
    public static bool Takes(MatMulShape shape) =>
        shape is { TransposeA: false, TransposeB: false, Epilogue: false }
            && Math.Max(shape.M, Math.Max(shape.N, shape.K)) <= LargestSize;

    /// <summary>How many threads it uses from now on, and that its own code runs instead of a library.</summary>
    public static void Set(int threads)
    {
        Control.UseManaged();
        Control.MaxDegreeOfParallelism = threads;
    }

    /// <summary>Multiplies.</summary>
    public void Run() => _left.Multiply(_right, _result);
}
