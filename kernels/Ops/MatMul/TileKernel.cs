using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>The method of a matmul kernel.</summary>
internal delegate void MatMulBody(
    ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes);

/// <summary>A rung's kernel for one shape of tile, with what a device must have to run it.</summary>
/// <param name="Name">The shape, such as <c>128x128x8</c>: what the tuning file calls it.</param>
/// <param name="Rows">Rows of c that a tile covers.</param>
/// <param name="Columns">Columns of c that a tile covers.</param>
/// <param name="Threads">Threads of a group.</param>
/// <param name="SharedBytes">Shared memory of a group.</param>
/// <param name="Kernel">The kernel.</param>
internal sealed record TileKernel(
    string Name, int Rows, int Columns, int Threads, long SharedBytes, GpuKernel<MatMulLauncher> Kernel)
{
    /// <summary>A kernel whose group shares tiles of a and b, both one step along k deep.</summary>
    /// <param name="body">The method, closed over <typeparamref name="TTile"/>.</param>
    /// <param name="sumsPerThread">How many elements of c one thread computes.</param>
    /// <param name="buffers">How many steps are in shared memory at the same time.</param>
    /// <typeparam name="TTile">The tile.</typeparam>
    public static TileKernel Shared<TTile>(MatMulBody body, int sumsPerThread, int buffers = 1)
        where TTile : struct, IGroupTile => new(
        $"{TTile.Rows}x{TTile.Columns}x{TTile.Depth}", TTile.Rows, TTile.Columns, TTile.Rows * TTile.Columns / sumsPerThread,
        buffers * sizeof(float) * (TTile.Rows + TTile.Columns) * TTile.Depth, new GpuKernel<MatMulLauncher>(body));

    /// <summary>A kernel that runs one thread a group and shares nothing.</summary>
    public static TileKernel Single(int rows, int columns, MatMulBody body) =>
        new($"{rows}x{columns}", rows, columns, 1, 0, new GpuKernel<MatMulLauncher>(body));

    /// <summary>How many tiles cover c.</summary>
    public long Tiles(in MatMulCall call) => (long)MatMulGpu.Tiles(call.M, Rows) * MatMulGpu.Tiles(call.N, Columns);

    /// <summary>Why a device cannot run it; null when it can.</summary>
    public string? WhyNot(GpuBackend backend)
    {
        var accelerator = backend.Accelerator;
        return Threads > accelerator.MaxNumThreadsPerGroup
            ? $"it needs groups of {Threads} threads, and {backend.Device.Id} has at most {accelerator.MaxNumThreadsPerGroup}"
            : SharedBytes > accelerator.MaxSharedMemoryPerGroup
            ? $"it needs {SharedBytes} bytes of shared memory a group, "
                + $"and {backend.Device.Id} has {accelerator.MaxSharedMemoryPerGroup}"
            : null;
    }
}

/// <summary>A rung's kernels for every shape of tile it knows, largest first.</summary>
/// <param name="rung">The variant's name.</param>
/// <param name="shapes">The kernels.</param>
internal sealed class TileKernels(string rung, params IReadOnlyList<TileKernel> shapes)
{
    /// <summary>The variant's name.</summary>
    public string Rung { get; } = rung;

    /// <summary>The kernels, largest tile first.</summary>
    public IReadOnlyList<TileKernel> Shapes { get; } = shapes;

    /// <summary>
    /// The shape where a group's threads run in turn and nothing was tuned; null leaves it to the size of c. What all threads of
    /// a group hold across a barrier then lies in memory: 4 KB of sums for 16 threads, 64 KB, more than the first cache, for 256.
    /// </summary>
    public string? OnProcessors { get; init; }

    /// <summary>
    /// How the variant picks a shape where it does not do so by <see cref="Pick"/>; null from it is a kernel without a shape.
    /// </summary>
    public Func<GpuBackend, MatMulCall, TileKernel?>? OwnPick { get; init; }

    /// <summary>What the variant's list of kernels shows.</summary>
    public IReadOnlyList<GpuKernel> Kernels => [.. Shapes.Select(shape => shape.Kernel)];

    /// <summary>Why a device can run none of them; null when it can run one.</summary>
    public string? WhyNot(GpuBackend backend)
    {
        string? why = null;
        foreach (var shape in Shapes)
        {
            why = shape.WhyNot(backend);
            if (why is null)
            {
                return null;
            }
        }

        return why;
    }

    /// <summary>
    /// The shape for a call: what the backend's tuning says or, where it says nothing, the largest whose tiles give each
    /// multiprocessor work, else the smallest.
    /// </summary>
    public TileKernel Pick(GpuBackend backend, in MatMulCall call)
    {
        TileKernel? pick = null;
        var tuned = backend.Tuning.Tile(Rung, MatMulClasses.Of(call)) ?? (backend.RunsThreadsInTurn ? OnProcessors : null);
        foreach (var shape in Shapes)
        {
            if (shape.WhyNot(backend) is not null)
            {
                continue;
            }

            if (shape.Name == tuned)
            {
                return shape;
            }

            var isFilled = pick is not null && pick.Tiles(call) >= backend.Device.Units;
            pick = isFilled ? pick : shape;
        }

        return pick ?? throw new NotSupportedException($"{Rung} does not run on {backend.Device.Id}: {WhyNot(backend)}.");
    }

    /// <summary>The shape that the variant really runs a call with; null where it runs a kernel without one.</summary>
    public TileKernel? Running(GpuBackend backend, MatMulCall call) =>
        OwnPick is null ? Pick(backend, call) : OwnPick(backend, call);

    /// <summary>Launches the kernel of the shape for a call.</summary>
    public void Run(GpuBackend backend, in MatMulCall call)
    {
        var shape = Pick(backend, call);
        MatMulGpu.Launch(backend, shape.Kernel, backend.Groups(shape.Tiles(call), shape.Threads), call);
        MatMulGpu.LaunchCurvedActivation(backend, call);
    }
}
