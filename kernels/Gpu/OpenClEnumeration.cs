using System.Runtime.InteropServices;
using System.Text;

namespace ScratchNet.Kernels;

/// <summary>
/// Lists OpenCL's devices by its own C interface (Khronos, "The OpenCL Specification" 3.0, sections 4.1 and 4.2): four calls, so
/// that a probe
/// needn't load ILGPU.
/// </summary>
internal static unsafe class OpenClEnumeration
{
    private const int Success = 0;
    private const ulong AnyType = 0xFFFFFFFF;
    private const ulong CpuType = 1 << 1;
    private const uint TypeQuery = 0x1000;
    private const uint NameQuery = 0x102B;
    private const int Most = 64;

    /// <summary>Every device of every platform, in the order in which ILGPU numbers them.</summary>
    public static IReadOnlyList<ProbedDevice> Devices()
    {
        var devices = new List<ProbedDevice>();
        if (NativeDrivers.OpenCl == 0)
        {
            return devices;
        }

        var getPlatforms = (delegate* unmanaged<uint, nint*, uint*, int>)Export("clGetPlatformIDs");
        var platforms = stackalloc nint[Most];
        uint count;
        if (getPlatforms(Most, platforms, &count) == Success)
        {
            for (var i = 0; i < Math.Min(count, Most); i++)
            {
                AddDevices(platforms[i], devices);
            }
        }

        return devices;
    }

    private static void AddDevices(nint platform, List<ProbedDevice> devices)
    {
        var getDevices = (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)Export("clGetDeviceIDs");
        var getInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Export("clGetDeviceInfo");
        var ids = stackalloc nint[Most];
        var name = stackalloc byte[256];
        uint count;
        if (getDevices(platform, AnyType, Most, ids, &count) != Success)
        {
            return;
        }

        for (var i = 0; i < Math.Min(count, Most); i++)
        {
            ulong type = 0;
            nuint length = 0;
            _ = getInfo(ids[i], TypeQuery, sizeof(ulong), &type, null);
            _ = getInfo(ids[i], NameQuery, 256, name, &length);
            var text = Encoding.UTF8.GetString(name, (int)length).TrimEnd('\0').Replace('\t', ' ').Replace('\n', ' ');
            devices.Add(new ProbedDevice((type & CpuType) != 0, text));
        }
    }

    private static nint Export(string name) => NativeLibrary.GetExport(NativeDrivers.OpenCl, name);
}
