using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>
/// Adds a batch's losses and hits to the totals, in one group: each thread sums some rows, then the first thread sums the
/// threads'.
/// The order is fixed by the size of the group, so the result is the same at every run.
/// </summary>
internal static class MetricsGpu
{
    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> losses, ArrayView<float> correct, ArrayView<float> totals, int batch, int step);

    internal static readonly GpuKernel<Launcher> Kernel = new(Body);
    private const int MostThreads = 256;

    public static void Run(GpuBackend backend, in MetricsCall call) =>
        backend.Launcher(Kernel)(backend.Stream, backend.Groups(1, backend.GroupSize),
            backend.Memory(call.Losses), backend.Memory(call.Correct), backend.Memory(call.Totals), call.Batch, call.Step);

    private static void Body(ArrayView<float> losses, ArrayView<float> correct, ArrayView<float> totals, int batch, int step)
    {
        var sums = SharedMemory.Allocate<float>(MostThreads);
        var errors = SharedMemory.Allocate<float>(MostThreads);
        var hits = SharedMemory.Allocate<float>(MostThreads);
        var thread = Group.IdxX;
        var part = default(CompensatedSum);
        var right = 0f;
        for (var i = thread; i < batch; i += Group.DimX)
        {
            part = part.Add(losses[i]);
            right += correct[i];
        }

        (sums[thread], errors[thread], hits[thread]) = (part.Sum, part.Error, right);
        Group.Barrier();
        if (thread == 0 && totals[3] == 0f)
        {
            Total(sums, errors, hits, totals, step);
        }
    }

    private static void Total(
        ArrayView<float> sums, ArrayView<float> errors, ArrayView<float> hits, ArrayView<float> totals, int step)
    {
        var total = new CompensatedSum(totals[0], totals[1]);
        var right = totals[2];
        for (var thread = 0; thread < Group.DimX; thread++)
        {
            total = total.Add(sums[thread]);
            total = new CompensatedSum(total.Sum, total.Error + errors[thread]);
            right += hits[thread];
        }

        // What is not finite makes the sum so. Added up, sum and error are not finite where one of them is not.
        if (float.IsNaN(total.Sum + total.Error) || float.IsInfinity(total.Sum + total.Error))
        {
            totals[3] = step;
        }
        else
        {
            (totals[0], totals[1], totals[2]) = (total.Sum, total.Error, right);
        }
    }

    /// <summary>Neumaier's sum (ZAMM 54, 1974): what rounding cuts off the sum is collected beside it.</summary>
    private readonly record struct CompensatedSum(float Sum, float Error)
    {
        public CompensatedSum Add(float value)
        {
            var next = Sum + value;
            var lost = MathF.Abs(Sum) >= MathF.Abs(value) ? Sum - next + value : value - next + Sum;
            return new CompensatedSum(next, Error + lost);
        }
    }
}
