using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ScratchNet.Kernels;

/// <summary>
/// Sixteen rows of four numbers turned into four columns of sixteen, and back, in registers: with 512-bit vectors that takes a
/// third of the instructions that putting the numbers in place one by one does.
/// </summary>
internal static class FourColumns
{
    /// <summary>Whether the processor has what <see cref="Transpose"/> needs.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>Four rows, of which each fills a quarter of the vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Join(
        Vector128<float> first, Vector128<float> second, Vector128<float> third, Vector128<float> fourth) =>

        // Vector512.Create of two halves goes through memory.
        Vector256.Create(first, second).ToVector512Unsafe().WithUpper(Vector256.Create(third, fourth));

    /// <summary>
    /// Transposes the 4x4 numbers in each quarter of four vectors: of vectors that hold the rows i, i + 4, i + 8 and i + 12, for
    /// i from 0 to 3, come the columns; of columns come such rows.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> First, Vector512<float> Second, Vector512<float> Third, Vector512<float> Fourth) Transpose(
        Vector512<float> first, Vector512<float> second, Vector512<float> third, Vector512<float> fourth)
    {
        var (left, leftEnd) = (Avx512F.UnpackLow(first, second).AsDouble(), Avx512F.UnpackLow(third, fourth).AsDouble());
        var (right, rightEnd) = (Avx512F.UnpackHigh(first, second).AsDouble(), Avx512F.UnpackHigh(third, fourth).AsDouble());
        return (Avx512F.UnpackLow(left, leftEnd).AsSingle(), Avx512F.UnpackHigh(left, leftEnd).AsSingle(),
            Avx512F.UnpackLow(right, rightEnd).AsSingle(), Avx512F.UnpackHigh(right, rightEnd).AsSingle());
    }

    /// <summary>Reads four numbers of each of sixteen rows.</summary>
    /// <param name="rows">The first of them.</param>
    /// <param name="stride">Distance between the rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> First, Vector512<float> Second, Vector512<float> Third, Vector512<float> Fourth) Load(
        ref float rows, nint stride) => Transpose(
            EveryFourth(ref rows, stride), EveryFourth(ref Unsafe.Add(ref rows, stride), stride),
            EveryFourth(ref Unsafe.Add(ref rows, 2 * stride), stride), EveryFourth(ref Unsafe.Add(ref rows, 3 * stride), stride));

    /// <summary>The way back of <see cref="Load"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        Vector512<float> first, Vector512<float> second, Vector512<float> third, Vector512<float> fourth,
        ref float rows, nint stride)
    {
        var transposed = Transpose(first, second, third, fourth);
        StoreEveryFourth(transposed.First, ref rows, stride);
        StoreEveryFourth(transposed.Second, ref Unsafe.Add(ref rows, stride), stride);
        StoreEveryFourth(transposed.Third, ref Unsafe.Add(ref rows, 2 * stride), stride);
        StoreEveryFourth(transposed.Fourth, ref Unsafe.Add(ref rows, 3 * stride), stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> EveryFourth(ref float row, nint stride) => Join(
        Vector128.LoadUnsafe(ref row), Vector128.LoadUnsafe(ref Unsafe.Add(ref row, 4 * stride)),
        Vector128.LoadUnsafe(ref Unsafe.Add(ref row, 8 * stride)), Vector128.LoadUnsafe(ref Unsafe.Add(ref row, 12 * stride)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreEveryFourth(Vector512<float> rows, ref float row, nint stride)
    {
        var (lower, upper) = (rows.GetLower(), rows.GetUpper());
        lower.GetLower().StoreUnsafe(ref row);
        lower.GetUpper().StoreUnsafe(ref Unsafe.Add(ref row, 4 * stride));
        upper.GetLower().StoreUnsafe(ref Unsafe.Add(ref row, 8 * stride));
        upper.GetUpper().StoreUnsafe(ref Unsafe.Add(ref row, 12 * stride));
    }
}
