using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Tests.Bench;

/// <summary>Peaks of a device that nobody has.</summary>
/// <param name="gflops">Its multiply-adds in GFLOP/s.</param>
/// <param name="gbps">Its bandwidth in GB/s; left out, it has no end.</param>
internal sealed class FakePeaks(double gflops, double gbps = 1e9) : IPeaks
{
    public int Remeasured { get; private set; }

    public double? Gflops => gflops;

    public double? Gbps(Traffic traffic) => gbps;

    public void Remeasure(Traffic traffic) => Remeasured++;
}
