using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Tests.Bench;

/// <summary>Peaks of a device that nobody has.</summary>
/// <param name="gflops">Its multiply-adds in GFLOP/s; its bandwidth has no end.</param>
internal sealed class FakePeaks(double gflops) : IPeaks
{
    public int Remeasured { get; private set; }

    public double? Gflops => gflops;

    public double? Gbps(Traffic traffic) => 1e9;

    public void Remeasure(Traffic traffic) => Remeasured++;
}
