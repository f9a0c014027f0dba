using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ScratchNet.Kernels;

/// <summary>
/// Packing: copies a block of a matrix into the order in which the micro-kernel reads it, so that it streams. A strip is
/// <c>width</c> numbers for each term: columns of b, or rows of a. It is stored term after term, without gaps.
/// </summary>
internal static unsafe class MatMulPack
{
    private const int LineFloats = 16;

    /// <summary>
    /// Terms after which a wide strip's memory is asked for before it is written: it may lie in the third-level cache.
    /// </summary>
    private const int TermsAhead = 16;

    /// <summary>Packs a strip whose numbers of one term are contiguous: b, or a transposed.</summary>
    /// <param name="source">The first term's first number.</param>
    /// <param name="stride">Distance from one term to the next.</param>
    /// <param name="strip">Receives <paramref name="depth"/> times <paramref name="padded"/> numbers.</param>
    /// <param name="width">Numbers for each term.</param>
    /// <param name="padded">Room for each term; what is left over is set to zero.</param>
    /// <param name="depth">Number of terms.</param>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <typeparam name="TLanes">Its operations.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows<TVector, TLanes>(float* source, nint stride, float* strip, int width, int padded, int depth)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        var last = TLanes.First(width % TLanes.Count);
        for (var p = 0; p < depth; p++)
        {
            var j = 0;
            for (; j <= width - TLanes.Count; j += TLanes.Count)
            {
                TLanes.Store(strip + j, TLanes.Load(source + j));
            }

            if (j <= padded - TLanes.Count)
            {
                TLanes.Store(strip + j, TLanes.LoadFirst(source + j, last));
                j += TLanes.Count;
            }

            for (; j <= width - 8; j += 8)
            {
                Vector256.Store(Vector256.Load(source + j), strip + j);
            }

            for (; j < padded; j++)
            {
                strip[j] = j < width ? source[j] : 0;
            }

            source += stride;
            strip += padded;
            if (padded == 3 * LineFloats)
            {
                AskForTerm(strip + (TermsAhead * padded));
            }
        }
    }

    /// <summary>Asks for the three lines of a term of a wide strip, so that writing them does not wait.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AskForTerm(float* strip)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(strip);
            Sse.Prefetch0(strip + LineFloats);
            Sse.Prefetch0(strip + (2 * LineFloats));
        }
    }

    /// <summary>Packs a strip whose terms are contiguous: a, or b transposed.</summary>
    /// <param name="source">The first term's first number.</param>
    /// <param name="stride">Distance from one number of a term to the next.</param>
    /// <param name="strip">Receives <paramref name="depth"/> times <paramref name="padded"/> numbers.</param>
    /// <param name="width">Numbers for each term.</param>
    /// <param name="padded">Room for each term; what is left over is set to zero.</param>
    /// <param name="depth">Number of terms.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns(float* source, nint stride, float* strip, int width, int padded, int depth)
    {
        var j = 0;
        for (; j <= width - 8; j += 8)
        {
            Columns8(source + (j * stride), stride, strip + j, padded, depth);
        }

        for (; j <= width - 4; j += 4)
        {
            Columns4(source + (j * stride), stride, strip + j, padded, depth);
        }

        for (; j < padded; j++)
        {
            for (var p = 0; p < depth; p++)
            {
                strip[(p * (nint)padded) + j] = j < width ? source[(j * stride) + p] : 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns8(float* source, nint stride, float* strip, nint padded, int depth)
    {
        var upper = source + (4 * stride);
        var p = 0;
        for (; p <= depth - 4; p += 4)
        {
            if (p % LineFloats == 0)
            {
                AskForRows(upper + (4 * stride) + p, stride);
                if (padded == 8)
                {
                    // Eight rows of a: what sixteen terms of them fill is eight lines.
                    AskForRows(strip + (2 * LineFloats * padded), LineFloats);
                }
            }

            var x0 = Vector128.Load(source + p);
            var x1 = Vector128.Load(source + stride + p);
            var x2 = Vector128.Load(source + (2 * stride) + p);
            var x3 = Vector128.Load(source + (3 * stride) + p);
            var y0 = Vector128.Load(upper + p);
            var y1 = Vector128.Load(upper + stride + p);
            var y2 = Vector128.Load(upper + (2 * stride) + p);
            var y3 = Vector128.Load(upper + (3 * stride) + p);
            Transpose(ref x0, ref x1, ref x2, ref x3);
            Transpose(ref y0, ref y1, ref y2, ref y3);
            x0.Store(strip);
            y0.Store(strip + 4);
            x1.Store(strip + padded);
            y1.Store(strip + padded + 4);
            x2.Store(strip + (2 * padded));
            y2.Store(strip + (2 * padded) + 4);
            x3.Store(strip + (3 * padded));
            y3.Store(strip + (3 * padded) + 4);
            strip += 4 * padded;
        }

        for (; p < depth; p++)
        {
            for (var j = 0; j < 8; j++)
            {
                strip[j] = source[(j * stride) + p];
            }

            strip += padded;
        }
    }

    /// <summary>
    /// Asks for a line of each of the next eight rows: the processor itself would first have to notice eight new streams.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AskForRows(float* rows, nint stride)
    {
        if (Sse.IsSupported)
        {
            for (var j = 0; j < 8; j++)
            {
                Sse.Prefetch0(rows + (j * stride));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns4(float* source, nint stride, float* strip, nint padded, int depth)
    {
        var p = 0;
        for (; p <= depth - 4; p += 4)
        {
            var x0 = Vector128.Load(source + p);
            var x1 = Vector128.Load(source + stride + p);
            var x2 = Vector128.Load(source + (2 * stride) + p);
            var x3 = Vector128.Load(source + (3 * stride) + p);
            Transpose(ref x0, ref x1, ref x2, ref x3);
            x0.Store(strip);
            x1.Store(strip + padded);
            x2.Store(strip + (2 * padded));
            x3.Store(strip + (3 * padded));
            strip += 4 * padded;
        }

        for (; p < depth; p++)
        {
            for (var j = 0; j < 4; j++)
            {
                strip[j] = source[(j * stride) + p];
            }

            strip += padded;
        }
    }

    /// <summary>Turns the rows of a 4 x 4 matrix into its columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        ref Vector128<float> x0, ref Vector128<float> x1, ref Vector128<float> x2, ref Vector128<float> x3)
    {
        var low02 = ZipLow(x0, x2);
        var low13 = ZipLow(x1, x3);
        var high02 = ZipHigh(x0, x2);
        var high13 = ZipHigh(x1, x3);
        x0 = ZipLow(low02, low13);
        x1 = ZipHigh(low02, low13);
        x2 = ZipLow(high02, high13);
        x3 = ZipHigh(high02, high13);
    }

    /// <summary><c>x[0], y[0], x[1], y[1]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackLow(x, y)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(x, y)
        : Vector128.Create(x[0], y[0], x[1], y[1]);

    /// <summary><c>x[2], y[2], x[3], y[3]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackHigh(x, y)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(x, y)
        : Vector128.Create(x[2], y[2], x[3], y[3]);
}
