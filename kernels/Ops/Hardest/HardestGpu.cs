using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>
/// The samples with the largest losses: one thread counts how many candidates come before its own, which is the place where it
/// goes. No two have the same, so nothing need be sorted, shared or waited for.
/// </summary>
internal static class HardestGpu
{
    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config, Views views, int candidates, int chosen);

    internal static readonly GpuKernel<Launcher> Kernel = new(Body);

    /// <summary>What the kernel reads and writes: see <see cref="HardestCall"/>.</summary>
    internal readonly record struct Views(
        ArrayView<float> Losses, ArrayView<int> Rows, ArrayView<int> Samples, ArrayView<int> ChosenRows,
        ArrayView<int> ChosenSamples);

    public static void Run(GpuBackend backend, in HardestCall call) =>
        backend.Launcher(Kernel)(backend.Stream, backend.ForEach(call.Candidates),
            new Views(backend.Memory(call.Losses), backend.Memory(call.Rows), backend.Memory(call.Samples),
                backend.Memory(call.ChosenRows), backend.Memory(call.ChosenSamples)),
            call.Candidates, call.Chosen);

    private static void Body(Views views, int candidates, int chosen)
    {
        var share = Share.Of(candidates);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            var mine = KeyOf(views.Losses[i]);
            var rank = 0;
            for (var j = 0; j < candidates; j++)
            {
                var other = KeyOf(views.Losses[j]);
                rank += other > mine || (other == mine && j < i) ? 1 : 0;
            }

            if (rank < chosen)
            {
                views.ChosenRows[rank] = views.Rows[i];
                views.ChosenSamples[rank] = views.Samples[i];
            }
        }
    }

    /// <summary>Every number is at most infinite; NaN, whose comparisons are all false, is not.</summary>
    private static float KeyOf(float loss) => loss <= float.PositiveInfinity ? loss : float.PositiveInfinity;
}
