using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using ScratchNet.Kernels;
using Xunit;
using Group = ILGPU.Group;

namespace ScratchNet.Tests.Kernels;

/// <summary>
/// CUDA can't be run everywhere, but what ILGPU makes of a kernel can be read everywhere: nothing in it may be slow by
/// construction.
/// </summary>
public partial class PtxLintTests
{
    private const int MostShared = 48 * 1024;
    private static readonly CudaArchitecture[] Architectures = [CudaArchitecture.SM_75, CudaArchitecture.SM_80, CudaArchitecture.SM_90];

    // Rungs whose whole point is that their sums live in registers.
    private static readonly string[] RegisterRungs = ["register-1d", "register-2d", "vectorized"];

    public static TheoryData<string, string> EveryGpuVariant()
    {
        var data = new TheoryData<string, string>();
        foreach (var operation in Operations.All)
        {
            // "direct" serves processors behind OpenCL only; its arrays are for their compilers.
            foreach (var variant in operation.Variants.Where(variant => variant.Target == Target.Gpu && variant.Name != "direct"))
            {
                data.Add(operation.Name, variant.Name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryGpuVariant))]
    public void Every_kernel_is_clean(string operation, string variant)
    {
        foreach (var kernel in Find(operation, variant).Kernels)
        {
            Assert.All(Architectures, architecture => Assert.Empty(Faults(Compile(kernel.Method, architecture))));
        }
    }

    [Theory]
    [InlineData("register-1d", 0.12, 0)]
    [InlineData("register-2d", 0.3, 0)]
    [InlineData("vectorized", 0.4, 4)]
    public void Register_rungs_multiply_and_add_most_of_the_time(string variant, double share, int wideLoads)
    {
        Assert.All(Find("matmul", variant).Kernels, kernel =>
        {
            var ptx = Compile(kernel.Method, CudaArchitecture.SM_80);
            var loop = InnerLoop(ptx);
            var fused = loop.Count(line => line.Contains("fma.rn.f32", StringComparison.Ordinal));
            Assert.True(fused >= share * loop.Count, $"{fused} of {loop.Count} instructions of the inner loop are multiply-adds");
            Assert.True(loop.Count(line => line.Contains("ld.shared.v4.f32", StringComparison.Ordinal)) >= wideLoads, string.Join('\n', loop));
            Assert.DoesNotContain(loop, line => line.Contains("mul.f32", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void The_vectorized_rung_reads_and_writes_global_memory_128_bits_at_a_time()
    {
        Assert.All(Find("matmul", "vectorized").Kernels, kernel =>
        {
            var ptx = Compile(kernel.Method, CudaArchitecture.SM_80);
            Assert.Contains("ld.global.v4.f32", ptx, StringComparison.Ordinal);
            Assert.Contains("st.global.v4.f32", ptx, StringComparison.Ordinal);
            Assert.DoesNotContain("st.global.f32", ptx, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Register_rungs_are_among_the_variants() =>
        Assert.Subset(MatMulSpec.Operation.Variants.Select(variant => variant.Name).ToHashSet(), RegisterRungs.ToHashSet());

    [Theory]
    [InlineData(nameof(IndexedArray), "local memory")]
    [InlineData(nameof(RoughTanh), "approximation")]
    [InlineData(nameof(TooMuchShared), "shared memory")]
    [InlineData(nameof(Called), "call")]
    public void A_planted_fault_is_found(string kernel, string fault)
    {
        var method = typeof(PtxLintTests).GetMethod(kernel, BindingFlags.Static | BindingFlags.NonPublic)!;
        Assert.Contains(Faults(Compile(method, CudaArchitecture.SM_80)), found => found.Contains(fault, StringComparison.Ordinal));
    }

    /// <summary>Everything that is wrong with a kernel's code.</summary>
    private static IEnumerable<string> Faults(string ptx)
    {
        (string Pattern, string Fault)[] patterns =
        [
            (@"\.local\b", "local memory"),
            (@"\bcall\b|\.extern \.func", "call"),
            (@"\b(ld|st)\.(f32|b32|u32|v4)", "load or store through a generic pointer"),
            (@"\b(tanh|ex2|lg2)\.approx", "approximation"),
            (@"\.f64\b", "double precision"),
            (@"\batom\.", "atomic"),
        ];
        foreach (var (pattern, fault) in patterns)
        {
            if (Regex.Match(ptx, pattern) is { Success: true } match)
            {
                yield return $"{fault}: {ptx[match.Index..ptx.IndexOf('\n', match.Index)]}";
            }
        }

        var shared = SharedDeclaration().Matches(ptx).Sum(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        if (shared > MostShared)
        {
            yield return $"shared memory: {shared} bytes";
        }
    }

    /// <summary>The straight stretch of code, between labels and branches, with the most multiply-adds.</summary>
    private static IReadOnlyList<string> InnerLoop(string ptx) =>
        [.. Regex.Split(ptx, @"\n[^\n]*(?:L_\d+:|bra)[^\n]*")
            .Select(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(line => line.EndsWith(';') && !line.StartsWith('.')).ToArray())
            .MaxBy(block => block.Count(line => line.Contains("fma.rn.f32", StringComparison.Ordinal)))!];

    private static Variant Find(string operation, string variant) =>
        Operations.All.Single(candidate => candidate.Name == operation).Variants.Single(candidate => candidate.Name == variant);

    private static string Compile(MethodInfo kernel, CudaArchitecture architecture)
    {
        // A context of its own for each kernel: one failure in ILGPU's front end spoils a context for those after it.
        using var context = GpuDevices.MakeContext();
        using var backend = new PTXBackend(context, architecture, CudaInstructionSet.ISA_78, null!);
        var entry = EntryPointDescription.FromExplicitlyGroupedKernel(kernel);
        return ((PTXCompiledKernel)backend.Compile(entry, default)).PTXAssembly;
    }

    [GeneratedRegex(@"\.shared[^;\n]*\[(\d+)\]")]
    private static partial Regex SharedDeclaration();

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
}
