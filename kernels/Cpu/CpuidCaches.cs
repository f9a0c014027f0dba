using System.Runtime.Intrinsics.X86;

namespace ScratchNet.Kernels;

/// <summary>
/// What an x86 processor itself tells of its data caches, by its CPUID instruction: for systems that do not tell, such as
/// Windows, macOS, and small virtual machines. Sources: Intel 64 Software Developer's Manual, volume 2A, CPUID leaf 4; AMD64
/// Programmer's Manual, volume 3, appendix E, functions 8000_0006, 8000_0008 and 8000_001D.
/// </summary>
internal static class CpuidCaches
{
    private const int IntelCaches = 4;
    private const int AmdCaches = unchecked((int)0x8000001D);
    private const int AmdSizes = unchecked((int)0x80000006);
    private const int AmdCores = unchecked((int)0x80000008);
    private const int HighestBasic = 0;
    private const int HighestExtended = unchecked((int)0x80000000);

    /// <summary>The registers that an answer comes in.</summary>
    internal readonly record struct Answer(uint A, uint B, uint C, uint D);

    /// <summary>The caches, nearest first; empty where there is no such instruction, or it does not tell.</summary>
    public static IReadOnlyList<DataCache> Read() => X86Base.IsSupported ? Read(Ask) : [];

    /// <summary>The caches by the answers of a processor.</summary>
    /// <param name="ask">Answers a function and its index.</param>
    internal static IReadOnlyList<DataCache> Read(Func<int, int, Answer> ask)
    {
        if (ask(HighestBasic, 0).A >= IntelCaches && List(index => ask(IntelCaches, index)) is { Count: > 0 } intel)
        {
            return intel;
        }

        var highest = ask(HighestExtended, 0).A;
        if (highest >= unchecked((uint)AmdCaches) && List(index => ask(AmdCaches, index)) is { Count: > 0 } amd)
        {
            return amd;
        }

        return highest >= unchecked((uint)AmdCores) ? Sizes(ask(AmdSizes, 0), ask(AmdCores, 0)) : [];
    }

    private static Answer Ask(int function, int index)
    {
        var (a, b, c, d) = X86Base.CpuId(function, index);
        return unchecked(new Answer((uint)a, (uint)b, (uint)c, (uint)d));
    }

    /// <summary>One answer a cache, up to the first of no type; Intel's and AMD's are laid out alike.</summary>
    private static List<DataCache> List(Func<int, Answer> ask)
    {
        const uint None = 0;
        const uint Instructions = 2;
        var caches = new List<DataCache>();
        for (var index = 0; ask(index) is var cache && (cache.A & 31) is not None and var type; index++)
        {
            var bytes = ((cache.B >> 22) + 1L) * (((cache.B >> 12) & 1023) + 1) * ((cache.B & 4095) + 1) * (cache.C + 1L);
            if (type != Instructions && bytes <= int.MaxValue)
            {
                caches.Add(new DataCache((int)((cache.A >> 5) & 7), (int)bytes, (int)((cache.A >> 14) & 4095) + 1));
            }
        }

        return caches;
    }

    /// <summary>
    /// AMD's older answer: kilobytes of a core's second level, and half megabytes of the third level of the whole package. Of
    /// those a core reaches no more than its group of cores has.
    /// </summary>
    private static List<DataCache> Sizes(Answer sizes, Answer cores)
    {
        const long Kilobyte = 1024;
        const long LargestOfAGroup = 32 * 1024 * Kilobyte;
        var caches = new List<DataCache>();
        Add(2, (sizes.C >> 16) * Kilobyte, 1);
        Add(3, Math.Min((sizes.D >> 18) * 512 * Kilobyte, LargestOfAGroup), (int)(cores.C & 255) + 1);
        return caches;

        void Add(int level, long bytes, int sharers)
        {
            if (bytes is > 0 and <= int.MaxValue)
            {
                caches.Add(new DataCache(level, (int)bytes, sharers));
            }
        }
    }
}
