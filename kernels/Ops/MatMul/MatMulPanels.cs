using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>
/// What <see cref="MatMulDirect"/> does when b is stored transposed, as in dx = dy·wᵀ: its rows lie along k, while the vector
/// registers need columns side by side.
/// </summary>
/// <remarks>
/// <code>
///      b, n x k                      panel of a strip, k x 16
///      +--------------+              +----+
///      | 16 rows      |  turned      |    |   row p: the 16 numbers of step p, one vector load or two
///      +--------------+  ------>     |    |
///      | the next 16  |              |    |
///      +--------------+              +----+
/// </code>
/// One thread turns a strip of 16 rows into a panel in scratch memory, which then lies in its cache, and goes down all rows of a
/// with it, four at a time. So b is read once, and no launch of its own turns it. The last strip and the last four rows are moved
/// back inside c, as in the other tiles. Limits: four rows and 16 columns; less is left to <see cref="MatMulCoalesced"/>.
/// </remarks>
internal static class MatMulPanels
{
    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config, ArrayView<float> a, ArrayView<float> b,
        ArrayView<float> panels, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes);

    internal static readonly GpuKernel<Launcher> Kernel = new(Body);

    private const int Rows = 4;
    private const int Columns = 16;

    /// <summary>Whether c is large enough.</summary>
    public static bool Fits(in MatMulCall call) => call is { M: >= Rows, N: >= Columns };

    /// <summary>Computes the product of a, transposed or not, with a transposed b; bias and ReLU follow.</summary>
    public static void Run(GpuBackend backend, in MatMulCall call)
    {
        var strips = MatMulGpu.Tiles(call.N, Columns);
        var panels = backend.Scratch(checked(strips * Columns * call.K));
        backend.Launcher(Kernel)(backend.Stream, backend.Groups(strips, 1), backend.Memory(call.A), backend.Memory(call.B),
            panels, backend.Memory(call.C), backend.Memory(call.Bias), MatMulSizes.Of(call));
    }

    private static void Body(ArrayView<float> a, ArrayView<float> b, ArrayView<float> panels,
        ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
    {
        var (s0, s1, s2, s3) = (new float[Columns], new float[Columns], new float[Columns], new float[Columns]);
        for (var strip = Grid.IdxX; strip < MatMulGpu.Tiles(sizes.N, Columns); strip += Grid.DimX)
        {
            var (panel, j) = (strip * Columns * sizes.K, MatMulDirect.Inside(strip * Columns, Columns, sizes.N));
            Turn(b, j * sizes.K, panels, panel, sizes.K);
            for (var tile = 0; tile < MatMulGpu.Tiles(sizes.M, Rows); tile++)
            {
                var i = MatMulDirect.Inside(tile * Rows, Rows, sizes.M);
                MatMulDirect.Clear(s0, s1, s2, s3, Columns);
                for (var p = 0; p < sizes.K; p++)
                {
                    MatMulDirect.Accumulate(
                        s0, s1, s2, s3, a, sizes.PlaceA(i, p), sizes.RowA, panels, panel + (p * Columns), Columns);
                }

                MatMulDirect.Store(s0, s1, s2, s3, c, bias, i, j, sizes, Columns);
            }
        }
    }

    /// <summary>Copies 16 rows of b, each k long, to k rows of 16.</summary>
    private static void Turn(ArrayView<float> b, int rows, ArrayView<float> panels, int panel, int k)
    {
        for (var p = 0; p < k; p++)
        {
            for (var q = 0; q < Columns; q++)
            {
                panels[panel + (p * Columns) + q] = b[rows + (q * k) + p];
            }
        }
    }
}
