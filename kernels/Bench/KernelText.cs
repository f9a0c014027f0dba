using System.Reflection;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace ScratchNet.Kernels.Bench;

/// <summary>Kernels as text: their source, and what the compilers make of it. Needs no device.</summary>
internal static class KernelText
{
    private static readonly (string Name, CudaArchitecture Architecture, CudaInstructionSet InstructionSet)[] Known =
    [
        ("sm_60", CudaArchitecture.SM_60, CudaInstructionSet.ISA_60),
        ("sm_61", CudaArchitecture.SM_61, CudaInstructionSet.ISA_60),
        ("sm_70", CudaArchitecture.SM_70, CudaInstructionSet.ISA_60),
        ("sm_75", CudaArchitecture.SM_75, CudaInstructionSet.ISA_63),
        ("sm_80", CudaArchitecture.SM_80, CudaInstructionSet.ISA_70),
        ("sm_86", CudaArchitecture.SM_86, CudaInstructionSet.ISA_71),
        ("sm_89", CudaArchitecture.SM_89, CudaInstructionSet.ISA_78),
        ("sm_90", CudaArchitecture.SM_90, CudaInstructionSet.ISA_78),
    ];

    /// <summary>The NVIDIA architectures that PTX can be made for, each with the first instruction set that knows it.</summary>
    public static IReadOnlyList<string> Architectures { get; } = [.. Known.Select(known => known.Name)];

    /// <summary>
    /// What ILGPU makes of a kernel for NVIDIA's GPUs. ILGPU 1.5.3 writes sm_80 as the target for all later ones, which their
    /// drivers take as well.
    /// </summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="architecture">One of <see cref="Architectures"/>.</param>
    public static string Ptx(GpuKernel kernel, string architecture) => Ptx(kernel.Method, architecture);

    /// <summary>The same of a kernel's method.</summary>
    internal static string Ptx(MethodInfo kernel, string architecture)
    {
        // A context for each kernel: after a failure to compile, ILGPU's contexts are of no more use.
        var target = Known.Single(known => known.Name == architecture);
        using var context = GpuDevices.MakeContext();
        using var backend = new PTXBackend(context, target.Architecture, target.InstructionSet, null!);
        var entry = EntryPointDescription.FromExplicitlyGroupedKernel(kernel);
        return ((PTXCompiledKernel)backend.Compile(entry, default)).PTXAssembly;
    }

    /// <summary>The OpenCL C that ILGPU makes of a kernel.</summary>
    public static string OpenCl(GpuKernel kernel)
    {
        using var context = GpuDevices.MakeContext();
        var capabilities = new CLCapabilityContext(false, true, true, true, true);
        using var backend = new CLBackend(context, capabilities, CLDeviceVendor.Other, CLCVersion.CL12);
        var entry = EntryPointDescription.FromExplicitlyGroupedKernel(kernel.Method);
        return ((CLCompiledKernel)backend.Compile(entry, default)).Source;
    }

    /// <summary>The source file in which a variant begins.</summary>
    public static string CSharp(Variant variant)
    {
        using var stream = typeof(KernelText).Assembly.GetManifestResourceStream(SourceFile(variant))!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The methods to show for a variant: its kernels' on a GPU, on the processor the one that runs it.</summary>
    public static IReadOnlyList<MethodInfo> Methods(Variant variant) =>
        variant.Target == Target.Cpu ? [variant.Entry] : [.. variant.Kernels.Select(kernel => kernel.Method)];

    private static string SourceFile(Variant variant)
    {
        var type = (variant.Target == Target.Cpu ? variant.Entry : variant.Kernels[0].Method).DeclaringType!;
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.Name.Split('`')[0] + ".cs";
    }
}
