using System.Runtime.InteropServices;

namespace ScratchNet.Perf;

/// <summary>CLBlast, as a peer: Debian's package libclblast1.</summary>
internal static unsafe partial class ClBlast
{
    private const string Library = "libclblast.so.1";
    private const string Maps = "/proc/self/maps";
    private const int RowMajor = 101;
    private const int Plain = 111;
    private const int Transposed = 112;
    private const int Single = 32;

    /// <summary>Why it cannot be used, or null.</summary>
    public static string? WhyNot() =>
        NativeLibrary.TryLoad(Library, out _) ? null : $"{Library} is not installed (on Debian: apt install libclblast1)";

    /// <summary>
    /// What it is: it does not tell its version, but on Linux its file does, libclblast.so.1 being a link to it.
    /// </summary>
    public static string Describe()
    {
        NativeLibrary.Load(Library);
        var mapped = File.Exists(Maps) ? File.ReadLines(Maps) : [];
        var file = mapped.FirstOrDefault(line => line.Contains("libclblast", StringComparison.Ordinal));
        return $"CLBlast, {(file is null ? Library : Path.GetFileName(file))}";
    }

    /// <summary><c>c = op(a)·op(b)</c>, row-major and contiguous; queued.</summary>
    /// <param name="queue">The OpenCL command queue.</param>
    /// <param name="a">OpenCL's handle of a, as of b and c.</param>
    /// <param name="b">b.</param>
    /// <param name="c">c.</param>
    /// <param name="shape">Sizes and transposes.</param>
    /// <exception cref="InvalidOperationException">It refuses.</exception>
    public static void Multiply(nint queue, nint a, nint b, nint c, MatMulShape shape)
    {
        var (m, n, k) = ((nuint)shape.M, (nuint)shape.N, (nuint)shape.K);
        Check(Sgemm(RowMajor, shape.TransposeA ? Transposed : Plain, shape.TransposeB ? Transposed : Plain, m, n, k,
            1, a, 0, shape.TransposeA ? m : k, b, 0, shape.TransposeB ? k : n, 0, c, 0, n, &queue, null));
    }

    /// <summary>Makes it compile a kernel with other parameters at the next call.</summary>
    /// <param name="device">OpenCL's handle of the device.</param>
    /// <param name="kernel">The kernel's name, such as <c>Xgemm</c>.</param>
    /// <param name="parameters">Every parameter of that kernel.</param>
    /// <exception cref="InvalidOperationException">It knows no such kernel, or a parameter is missing.</exception>
    public static void Override(nint device, string kernel, IReadOnlyDictionary<string, int> parameters)
    {
        nint[] names = [.. parameters.Keys.Select(Marshal.StringToCoTaskMemUTF8)];
        nuint[] values = [.. parameters.Values.Select(value => (nuint)value)];
        try
        {
            fixed (nint* pointers = names)
            fixed (nuint* numbers = values)
            {
                Check(OverrideParameters(device, kernel, Single, (nuint)names.Length, pointers, numbers));
            }
        }
        finally
        {
            Array.ForEach(names, Marshal.FreeCoTaskMem);
        }
    }

    private static void Check(int status)
    {
        if (status != 0)
        {
            throw new InvalidOperationException($"CLBlast returned status {status}");
        }
    }

    [LibraryImport(Library, EntryPoint = "CLBlastSgemm")]
    private static partial int Sgemm(int layout, int transposeA, int transposeB, nuint m, nuint n, nuint k,
        float alpha, nint a, nuint offsetA, nuint strideA, nint b, nuint offsetB, nuint strideB,
        float beta, nint c, nuint offsetC, nuint strideC, nint* queue, void* finished);

    [LibraryImport(Library, EntryPoint = "CLBlastOverrideParameters", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OverrideParameters(
        nint device, string kernel, int precision, nuint count, nint* names, nuint* values);
}
