using System.Runtime.InteropServices;

namespace ScratchNet.Perf;

/// <summary>OpenBLAS, as a peer: Debian's package libopenblas0-pthread.</summary>
internal static unsafe partial class OpenBlas
{
    /// <summary>What rows and <c>--peers</c> call it.</summary>
    public const string Name = "openblas";

    private const string Library = "libopenblas.so.0";
    private const int RowMajor = 101;
    private const int Plain = 111;
    private const int Transposed = 112;

    /// <summary>
    /// How long its threads go on looking for work, a core kept busy all the while: 2^28 cycles, measured as up to 110 ms at 2.6
    /// GHz.
    /// </summary>
    public static TimeSpan Settle { get; } = TimeSpan.FromMilliseconds(130);

    /// <summary>Why it cannot be used, or null.</summary>
    public static string? WhyNot() =>
        NativeLibrary.TryLoad(Library, out _)
            ? null : $"{Library} is not installed (on Debian: apt install libopenblas0-pthread)";

    /// <summary>Which of its kernels it picked for this processor, and its version.</summary>
    public static string Describe() =>
        $"{Marshal.PtrToStringUTF8(Configuration())} running its {Marshal.PtrToStringUTF8(CoreName())} kernels";

    /// <summary>How many threads it uses from now on.</summary>
    [LibraryImport(Library, EntryPoint = "openblas_set_num_threads")]
    public static partial void SetThreads(int threads);

    /// <summary><c>c = op(a)·op(b)</c>, row-major and contiguous.</summary>
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k,
        bool transposeA, bool transposeB)
    {
        fixed (float* pa = a, pb = b, pc = c)
        {
            Sgemm(RowMajor, transposeA ? Transposed : Plain, transposeB ? Transposed : Plain, m, n, k,
                1, pa, transposeA ? m : k, pb, transposeB ? k : n, 0, pc, n);
        }
    }

    [LibraryImport(Library, EntryPoint = "openblas_get_corename")]
    private static partial nint CoreName();

    [LibraryImport(Library, EntryPoint = "openblas_get_config")]
    private static partial nint Configuration();

    [LibraryImport(Library, EntryPoint = "cblas_sgemm")]
    private static partial void Sgemm(int order, int transposeA, int transposeB, int m, int n, int k,
        float alpha, float* a, int aStride, float* b, int bStride, float beta, float* c, int cStride);
}
