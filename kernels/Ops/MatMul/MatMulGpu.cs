using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>A matmul kernel: a, b, c, bias and the sizes.</summary>
internal delegate void MatMulLauncher(AcceleratorStream stream, KernelConfig config,
    ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes);

/// <summary>What a matmul kernel knows of its call: all transposes are strides.</summary>
/// <param name="M">Rows of c.</param>
/// <param name="N">Columns of c.</param>
/// <param name="K">Length of the sums.</param>
/// <param name="RowA">Distance in memory between op(a)[i,p] and op(a)[i+1,p].</param>
/// <param name="ColumnA">Distance between op(a)[i,p] and op(a)[i,p+1].</param>
/// <param name="RowB">Distance between op(b)[p,j] and op(b)[p+1,j].</param>
/// <param name="ColumnB">Distance between op(b)[p,j] and op(b)[p,j+1].</param>
/// <param name="HasBias">1 when there is a bias, else 0.</param>
/// <param name="Activation">The <see cref="Activation"/>.</param>
/// <param name="Side">Side of a tile, for the kernels whose tiles follow the size of the group.</param>
/// <param name="Wide">Which matrices can be read or written four floats at a time: a sum of the constants below.</param>
internal readonly record struct MatMulSizes(
    int M, int N, int K, int RowA, int ColumnA, int RowB, int ColumnB, int HasBias, int Activation, int Side, int Wide)
{
    public const int WideA = 1;
    public const int WideB = 2;
    public const int WideC = 4;

    public static MatMulSizes Of(in MatMulCall call, int side = 0) => new(
        call.M, call.N, call.K,
        call.TransposeA ? 1 : call.K, call.TransposeA ? call.M : 1,
        call.TransposeB ? 1 : call.N, call.TransposeB ? call.K : 1,
        call.Bias.IsEmpty ? 0 : 1, (int)call.Activation, side,
        IsWide(call.A, call.TransposeA ? call.M : call.K, WideA)
        + IsWide(call.B, call.TransposeB ? call.K : call.N, WideB)
        + IsWide(call.C, call.N, WideC));

    /// <summary>Where op(a)[i,p] is.</summary>
    public int PlaceA(int i, int p) => (i * RowA) + (p * ColumnA);

    /// <summary>Where op(b)[p,j] is.</summary>
    public int PlaceB(int p, int j) => (p * RowB) + (j * ColumnB);

    /// <summary>The flag of a matrix when every fourth element of its rows in memory is aligned to 128 bits, else 0.</summary>
    private static int IsWide(BufferView<float> matrix, int rowLength, int flag) =>
        (rowLength | matrix.Offset) % 4 == 0 ? flag : 0;
}

/// <summary>What the matmul kernels share.</summary>
internal static class MatMulGpu
{
    /// <summary>Launches a kernel on a call's views.</summary>
    public static void Launch(
        GpuBackend backend, GpuKernel<MatMulLauncher> kernel, KernelConfig config, in MatMulCall call, int side = 0) =>
        backend.Launcher(kernel)(backend.Stream, config, backend.Memory(call.A), backend.Memory(call.B),
            backend.Memory(call.C), backend.Memory(call.Bias), MatMulSizes.Of(call, side));

    /// <summary>How many tiles of a size cover a length.</summary>
    public static int Tiles(int length, int size) => (length + size - 1) / size;

    /// <summary>The epilogue of one element: f(sum + bias[j]).</summary>
    public static float Finish(float sum, ArrayView<float> bias, int j, MatMulSizes sizes) =>
        GpuMath.Activate(sizes.HasBias != 0 ? sum + bias[j] : sum, sizes.Activation);

    /// <summary>
    /// The part of the epilogue that has no curves and no branches, for kernels whose unrolled stores would repeat the code of
    /// sigmoid
    /// and tanh: bias (a missing one is a single zero, read again and again) and ReLU as a lower limit, which NaN passes.
    /// </summary>
    public static float FinishStraight(float sum, ArrayView<float> bias, int j, MatMulSizes sizes)
    {
        var lowest = sizes.Activation == (int)Activation.Relu ? 0f : float.NegativeInfinity;
        var value = sum + bias[j * sizes.HasBias];
        return value < lowest ? lowest : value;
    }

    /// <summary>The rest of that epilogue, sigmoid and tanh, as a launch of its own.</summary>
    public static void LaunchCurvedActivation(GpuBackend backend, in MatMulCall call)
    {
        if (call.Activation is Activation.Sigmoid or Activation.Tanh)
        {
            ActivationGpu.RunForward(backend, new ActivationForwardCall(call.C, call.C, call.M * call.N, call.Activation));
        }
    }

    /// <summary>One element of c from global memory alone.</summary>
    public static void Element(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias,
        MatMulSizes sizes, int i, int j)
    {
        var sum = 0f;
        for (var p = 0; p < sizes.K; p++)
        {
            sum = GpuMath.Fma(a[sizes.PlaceA(i, p)], b[sizes.PlaceB(p, j)], sum);
        }

        c[(i * sizes.N) + j] = Finish(sum, bias, j, sizes);
    }
}
