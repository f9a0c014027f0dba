using System.Reflection;
using ILGPU;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;
using Xunit;

namespace ScratchNet.Tests.Kernels;

/// <summary>
/// CUDA can't be run everywhere, but what ILGPU makes of a kernel can be read everywhere: nothing in it may be slow by
/// construction.
/// </summary>
public class PtxLintTests
{
    // For sm_90 ILGPU 1.5.3 writes sm_80's text under a later version of PTX; that it does is part of what is read.
    private static readonly string[] Architectures = ["sm_75", "sm_80", "sm_90"];

    // The rungs whose whole point is that their sums live in registers.
    private static readonly Dictionary<string, PtxClaims> Claims = new()
    {
        ["register-1d"] = new PtxClaims(0.16, 0, WideGlobal: false),
        ["register-2d"] = new PtxClaims(0.45, 0, WideGlobal: false),
        ["vectorized"] = new PtxClaims(0.65, 4, WideGlobal: true),
        ["warp-tile"] = new PtxClaims(0.65, 4, WideGlobal: true),
        ["double-buffered"] = new PtxClaims(0.65, 4, WideGlobal: true),
    };

    public static TheoryData<string, string> EveryGpuVariant()
    {
        var data = new TheoryData<string, string>();
        foreach (var operation in Operations.All)
        {
            foreach (var variant in operation.Variants.Where(variant => variant.Target == Target.Gpu))
            {
                data.Add(operation.Name, variant.Name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryGpuVariant))]
    public void Every_kernel_is_clean_for_every_architecture(string operationName, string variantName)
    {
        var operation = Operations.All.Single(candidate => candidate.Name == operationName);
        var variant = operation.Variants.Single(candidate => candidate.Name == variantName);
        var shapes = MatMulSpec.TiledRungs.SelectMany(rung => rung.Shapes).ToArray();
        var compilations = variant.Kernels.SelectMany(_ => Architectures, (kernel, architecture) => (kernel, architecture));
        Parallel.ForEach(compilations, work =>
        {
            var ptx = KernelText.Ptx(work.kernel, work.architecture);
            var shape = shapes.SingleOrDefault(candidate => candidate.Kernel == work.kernel);
            var faults = PtxLint.Faults(ptx, shape?.Threads ?? GpuBackend.WidestGroup, shape?.SharedBytes,
                operation.Name == MatMulSpec.Name ? Claims.GetValueOrDefault(variant.Name) : null);

            // "direct" is for processors behind OpenCL: their compilers turn its arrays into registers, ILGPU's PTX does not.
            var mayUseLocal = variant.Name == "direct";
            Assert.DoesNotContain(
                faults, fault => !(mayUseLocal && fault.StartsWith("local memory", StringComparison.Ordinal)));
        });
    }

    [Fact]
    public void Kernels_that_check_and_measure_a_device_are_clean_too()
    {
        GpuKernel[] kernels = [SelfCheck.Kernel, GpuPeaks.FmaKernel, .. TrafficPattern.Kernels];
        Assert.True(kernels.Length > 10);
        var compilations = kernels.SelectMany(_ => Architectures, (kernel, architecture) => (kernel, architecture));
        Parallel.ForEach(compilations, work => Assert.Empty(
            PtxLint.Faults(KernelText.Ptx(work.kernel, work.architecture), GpuBackend.WidestGroup)));
    }

    [Fact]
    public void Every_register_rung_is_held_to_claims() => Assert.Equal(
        MatMulSpec.TiledRungs.Select(rung => rung.Rung).Where(rung => rung != "direct").Order(), Claims.Keys.Order());

    [Theory]
    [InlineData(nameof(IndexedArray), "local memory")]
    [InlineData(nameof(RoughTanh), "approximation")]
    [InlineData(nameof(TooMuchShared), "shared memory")]
    [InlineData(nameof(Called), "call")]
    [InlineData(nameof(Doubles), "double precision")]
    [InlineData(nameof(Counter), "atomic")]
    [InlineData(nameof(TwoSteps), "a product or a sum stands alone")]
    [InlineData(nameof(TwoSteps), "0 of 4 in the inner loop")]
    [InlineData(nameof(TwoSteps), "not read and written 128 bits at a time")]
    [InlineData(nameof(TwoSteps), "multiply-adds: 0 of ")]
    public void A_planted_fault_is_found(string kernel, string fault)
    {
        var method = typeof(PtxLintTests).GetMethod(kernel, BindingFlags.Static | BindingFlags.NonPublic)!;
        var faults = PtxLint.Faults(KernelText.Ptx(method, "sm_80"), 256, null, Claims["warp-tile"]);
        Assert.Contains(faults, found => found.Contains(fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\tld.v4.f32\t{%f1, %f2, %f3, %f4}, [%rd1];\n", 256, "generic pointer")]
    [InlineData("\tld.f32\t%f1, [%rd1];\n", 256, "generic pointer")]
    [InlineData("\tst.b8\t[%rd1], %r1;\n", 256, "generic pointer")]
    [InlineData("\tld.global.f32\t%f1, [%rd1];\n", 288, "group size")]
    [InlineData("\tld.global.f32\t%f1, [%rd1];\n", 2048, "group size")]
    [InlineData("\t.shared .align 16 .b8 tile[8192];\n", 256, "shared memory: 8192 bytes, with 4096 asked for")]
    public void A_fault_planted_in_the_text_is_found(string ptx, int threads, string fault) => Assert.Contains(
        PtxLint.Faults(ptx, threads, 4096), found => found.Contains(fault, StringComparison.Ordinal));

    [Fact]
    public void Code_without_a_fault_passes() => Assert.Empty(PtxLint.Faults("\tld.global.f32\t%f1, [%rd1];\n", 256));

    private static void IndexedArray(ArrayView<float> x, int count)
    {
        var sums = new float[8];
        for (var i = 0; i < count; i++)
        {
            sums[i & 7] += x[i];
        }

        x[0] = sums[count & 7];
    }

    private static void RoughTanh(ArrayView<float> x) => x[Grid.GlobalIndex.X] = MathF.Tanh(x[Grid.GlobalIndex.X]);

    private static void TooMuchShared(ArrayView<float> x)
    {
        var shared = SharedMemory.Allocate<float>(13000);
        shared[Group.IdxX] = x[Group.IdxX];
        Group.Barrier();
        x[Group.IdxX] = shared[Group.DimX - Group.IdxX];
    }

    private static void Called(ArrayView<float> x) => x[0] = MathF.FusedMultiplyAdd(x[0], x[1], x[2]);

    private static void Doubles(ArrayView<float> x) => x[0] = (float)(x[0] * 1.5);

    private static void Counter(ArrayView<int> x) => Atomic.Add(ref x[0], 1);

    /// <summary>An inner loop that rounds twice, and reads one float at a time.</summary>
    private static void TwoSteps(ArrayView<float> x, int count)
    {
        var sum = 0f;
        for (var i = 0; i < count; i++)
        {
            sum += x[i] * x[i + count];
        }

        x[0] = sum;
    }
}
