using System.Globalization;

namespace ScratchNet.Kernels;

/// <summary>A data cache as the first hardware thread sees it; a core has one or more of those.</summary>
/// <param name="Level">1 is the nearest.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Threads">How many hardware threads share it.</param>
internal readonly record struct DataCache(int Level, int Bytes, int Threads);

/// <summary>
/// The processor's data caches, which decide how large a block of a matrix may be. Linux tells them, or else an x86 processor
/// itself; what nobody tells is taken to be what most processors of the last ten years have at least.
/// </summary>
internal static class CacheSizes
{
    private const string Folder = "/sys/devices/system/cpu/cpu0/cache";
    private const int Kilobyte = 1024;
    private const int UsualL2 = 512 * Kilobyte;
    private const int UsualL3Share = 2048 * Kilobyte;

    /// <summary>What the system or the processor tells, nearest first; empty where neither does.</summary>
    public static IReadOnlyList<DataCache> Known { get; } = Read().ToArray() is { Length: > 0 } told ? told : CpuidCaches.Read();

    /// <summary>Bytes of one hardware thread's share of the second level.</summary>
    public static int L2 { get; } = Share(2, UsualL2);

    /// <summary>Bytes of one hardware thread's share of the third level.</summary>
    public static int L3Share { get; } = Share(3, UsualL3Share);

    private static int Share(int level, int usual) =>
        Known.FirstOrDefault(cache => cache.Level == level) is { Bytes: > 0 } found ? found.Bytes / found.Threads : usual;

    private static IEnumerable<DataCache> Read()
    {
        for (var index = 0; ; index++)
        {
            var folder = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"index{index}"));
            if (SystemFile.FirstLine(Path.Combine(folder, "type")) is not { } type)
            {
                yield break;
            }

            if (type != "Instruction"
                && int.TryParse(SystemFile.FirstLine(Path.Combine(folder, "level")), CultureInfo.InvariantCulture, out var level)
                && Kilobytes(SystemFile.FirstLine(Path.Combine(folder, "size"))) is > 0 and var size)
            {
                yield return new DataCache(
                    level, size * Kilobyte, Threads(SystemFile.FirstLine(Path.Combine(folder, "shared_cpu_list"))));
            }
        }
    }

    /// <summary>The number in a size such as <c>48K</c>; 0 for anything else.</summary>
    internal static int Kilobytes(string? text) =>
        text is [.. var digits, 'K'] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size : 0;

    /// <summary>How many hardware threads a list such as <c>0-3,8-11</c> names; 1 when it cannot be read.</summary>
    internal static int Threads(string? list)
    {
        var threads = 0;
        foreach (var range in (list ?? "").Split(','))
        {
            var ends = range.Split('-');
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            {
                return 1;
            }

            threads += last - first + 1;
        }

        return Math.Max(threads, 1);
    }
}
