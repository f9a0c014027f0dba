using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ScratchNet.Kernels;

/// <summary>
/// Asks Linux for pages of 2 MB instead of 4 KB under large buffers. A product walks down the rows of its matrices, each row on
/// another small page, and a core remembers the places of only some hundred pages at once; a batch takes its pictures from
/// anywhere. In a virtual machine, where the host may have to look for a page as well, that matters most. Other systems are left
/// alone.
/// </summary>
public static unsafe partial class HugePages
{
    private const int SmallPage = 4096;
    private const int LeastBytes = 2 << 20;

    /// <summary>MADV_HUGEPAGE.</summary>
    private const int Advice = 14;

    private static bool _enabled = OperatingSystem.IsLinux();

    /// <summary>Asks for them. A refusal costs speed only, so it is not an error.</summary>
    /// <param name="memory">The buffer, which nobody has written to yet: pages that are there already stay as they are.</param>
    /// <typeparam name="T">The element type.</typeparam>
    public static void Ask<T>(Span<T> memory)
        where T : unmanaged
    {
        var bytes = (nuint)memory.Length * (nuint)sizeof(T);
        if (!_enabled || bytes < LeastBytes)
        {
            return;
        }

        try
        {
            var start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
            var first = (start + SmallPage - 1) / SmallPage * SmallPage;
            _ = Advise(first, (start + bytes - first) / SmallPage * SmallPage, Advice);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            _enabled = false;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint address, nuint bytes, int advice);
}
