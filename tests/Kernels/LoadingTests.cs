using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels;

/// <summary>What is loaded when: whoever computes on the processor waits for no GPU library, and has no memory for it.</summary>
public sealed class LoadingTests
{
    [Fact]
    public void The_operations_and_the_processors_backend_do_without_ILGPU()
    {
        var own = new Apart();
        var kernels = own.LoadFromAssemblyPath(typeof(CpuBackend).Assembly.Location);

        // Asked for their names where they are loaded already: to list an assembly's types is to load what all of them are made
        // of.
        string[] specs =
        [
            .. typeof(CpuBackend).Assembly.GetTypes().Where(type => type.Name.EndsWith("Spec", StringComparison.Ordinal))
                .Select(type => type.FullName!),
        ];
        Assert.True(specs.Length > 10, $"{specs.Length} operations");
        foreach (var spec in specs)
        {
            RuntimeHelpers.RunClassConstructor(kernels.GetType(spec)!.TypeHandle);
        }

        using (Open(kernels.GetType(typeof(CpuBackend).FullName!)!))
        {
            Assert.DoesNotContain("ILGPU", Names());
        }

        // It is seen when it is loaded.
        RuntimeHelpers.RunClassConstructor(kernels.GetType(typeof(GatherGpu).FullName!)!.TypeHandle);
        Assert.Contains("ILGPU", Names());
        own.Unload();

        IEnumerable<string?> Names() => own.Assemblies.Select(assembly => assembly.GetName().Name);

        static IDisposable Open(Type backend) => (IDisposable)Activator.CreateInstance(
            backend, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, [1], null)!;
    }

    /// <summary>Loads the kernels a second time, and ILGPU for them, if they ask for it.</summary>
    private sealed class Apart() : AssemblyLoadContext("apart", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName name) =>
            name.Name == "ILGPU" ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "ILGPU.dll")) : null;
    }
}
