using System.Reflection;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>A kernel that ILGPU compiles: its method, and how a backend keeps the launcher it compiled.</summary>
public abstract class GpuKernel
{
    private static int _count;

    private protected GpuKernel(MethodInfo method)
    {
        Method = method;
        Slot = Interlocked.Increment(ref _count) - 1;
    }

    /// <summary>The static method that each thread runs; explicitly grouped.</summary>
    public MethodInfo Method { get; }

    /// <summary>Where a backend keeps its launcher of this kernel.</summary>
    internal int Slot { get; }
}

/// <summary>A kernel with a launcher of a known type.</summary>
/// <param name="kernel">The static method.</param>
/// <typeparam name="TLauncher">An action over a stream, ILGPU's launch configuration and the kernel's arguments.</typeparam>
internal sealed class GpuKernel<TLauncher>(Delegate kernel) : GpuKernel(kernel.Method)
    where TLauncher : Delegate
{
    /// <summary>Compiles the kernel for an accelerator.</summary>
    public TLauncher Load(Accelerator accelerator) => accelerator.LoadKernel<TLauncher>(Method);
}
