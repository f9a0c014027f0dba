using System.Reflection;
using System.Runtime.InteropServices;

namespace ScratchNet.Kernels;

/// <summary>
/// Whether the native libraries of CUDA and OpenCL are there, found without ILGPU, so that a machine without them never
/// loads it. Loading OpenCL's loader is harmless: it opens the drivers behind it only at the first call.
/// </summary>
internal static class NativeDrivers
{
    // Debian without the -dev package has only the versioned name, which ILGPU doesn't look for.
    private static readonly string[] OpenClNames = OperatingSystem.IsWindows() ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
        : ["libOpenCL.so.1", "libOpenCL.so"];

    private static readonly string[] CudaNames = OperatingSystem.IsWindows() ? ["nvcuda.dll"]
        : OperatingSystem.IsMacOS() ? []
        : ["libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"];

    private static readonly Lazy<nint> OpenClHandle = new(() => Load(OpenClNames));
    private static readonly Lazy<nint> CudaHandle = new(() => Load(CudaNames));

    /// <summary>OpenCL's loader; 0 when there is none.</summary>
    public static nint OpenCl => OpenClHandle.Value;

    /// <summary>NVIDIA's driver; 0 when there is none.</summary>
    public static nint Cuda => CudaHandle.Value;

    /// <summary>Leads the imports of an assembly by the libraries' plain names to the ones found here.</summary>
    /// <param name="importer">ILGPU's assembly.</param>
    public static void Redirect(Assembly importer)
    {
        try
        {
            NativeLibrary.SetDllImportResolver(importer, (name, _, _) =>
                name.Contains("OpenCL", StringComparison.Ordinal) ? OpenCl
                : name is "cuda" or "nvcuda" ? Cuda
                : 0);
        }
        catch (InvalidOperationException)
        {
            // Somebody else in this process resolves ILGPU's imports already; theirs stays.
        }
    }

    private static nint Load(string[] names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var handle))
            {
                return handle;
            }
        }

        return 0;
    }
}
