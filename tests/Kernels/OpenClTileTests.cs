using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;
using Xunit;

namespace ScratchNet.Tests.Kernels;

/// <summary>
/// Every tile of every rung, whatever the device would pick by itself, is right on OpenCL: at more than one tile each way, the
/// last not whole, with matrices that can be read four floats at a time and with others.
/// </summary>
[Collection(Requirements.OpenClCollection)]
public class OpenClTileTests
{
    public static TheoryData<string, string> EveryTile()
    {
        var data = new TheoryData<string, string>();
        foreach (var rung in MatMulSpec.TiledRungs)
        {
            foreach (var shape in rung.Shapes)
            {
                data.Add(rung.Rung, shape.Name);
            }
        }

        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(EveryTile))]
    public void Every_tile_is_right(string rung, string tile)
    {
        var backend = (GpuBackend)Requirements.OpenCl();
        var before = backend.Tuning;
        try
        {
            backend.Tuning = new MatMulTuning([.. MatMulClasses.All.Select(kind => new TunedKernel(kind, rung, tile))]);
            Check(backend, rung, new BenchShape(132, 140, 20));
            Check(backend, rung, new BenchShape(131, 133, 19, TransposeA: true));
        }
        finally
        {
            backend.Tuning = before;
        }
    }

    private static void Check(GpuBackend backend, string rung, BenchShape shape)
    {
        using var bench = new Workbench(backend);
        var ladder = new MatMulBench().Arrange(bench, backend, shape);
        bench.Reset();
        ladder.Rungs.Single(candidate => candidate.Variant.Name == rung).Run();
        Assert.Null(bench.Check().Fault);
    }
}
