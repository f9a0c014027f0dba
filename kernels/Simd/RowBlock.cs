using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ScratchNet.Kernels;

/// <summary>
/// Sixteen short rows turned into columns, one row to a lane: what each row does on its own then needs no sums across lanes and
/// wastes none, however short the rows are.
/// </summary>
internal static class RowBlock
{
    /// <summary>Rows in a block.</summary>
    public const int Rows = 16;

    /// <summary>Column j of up to sixteen rows goes to the sixteen places from 16·j on; lanes without a row become 0.</summary>
    /// <param name="rows">The rows, one after another.</param>
    /// <param name="width">Length of a row.</param>
    /// <param name="columns">width x 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Load(ReadOnlySpan<float> rows, int width, Span<float> columns)
    {
        ref var source = ref MemoryMarshal.GetReference(rows);
        ref var target = ref MemoryMarshal.GetReference(columns[..(width * Rows)]);
        if (FourColumns.IsSupported && width >= 4 && rows.Length >= width * Rows)
        {
            for (var next = 0; next < width; next += 4)
            {
                // The last four end where the rows do, and some are then read again.
                var j = Math.Min(next, width - 4);
                var columnsFromJ = FourColumns.Load(ref Unsafe.Add(ref source, j), width);
                var at = (nuint)(j * Rows);
                columnsFromJ.First.StoreUnsafe(ref target, at);
                columnsFromJ.Second.StoreUnsafe(ref target, at + Rows);
                columnsFromJ.Third.StoreUnsafe(ref target, at + (2 * Rows));
                columnsFromJ.Fourth.StoreUnsafe(ref target, at + (3 * Rows));
            }

            return;
        }

        if (rows.Length >= width * Rows)
        {
            // Sixteen numbers are joined in registers: stored one by one, they would be waited for when read as one.
            for (nint j = 0; j < width; j++)
            {
                Vector512.Create(
                    Eight(ref Unsafe.Add(ref source, j), width), Eight(ref Unsafe.Add(ref source, (8 * width) + j), width))
                    .StoreUnsafe(ref target, (nuint)(j * Rows));
            }

            return;
        }

        columns.Clear();
        for (var i = 0; i < rows.Length / width; i++)
        {
            ref var place = ref Unsafe.Add(ref target, i);
            for (var j = 0; j < width; j++)
            {
                place = source;
                source = ref Unsafe.Add(ref source, 1);
                place = ref Unsafe.Add(ref place, Rows);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Eight(ref float x, nint stride) => Vector256.Create(
        x, Unsafe.Add(ref x, stride),
        Unsafe.Add(ref x, 2 * stride), Unsafe.Add(ref x, 3 * stride),
        Unsafe.Add(ref x, 4 * stride), Unsafe.Add(ref x, 5 * stride),
        Unsafe.Add(ref x, 6 * stride), Unsafe.Add(ref x, 7 * stride));

    /// <summary>The way back of <see cref="Load"/>.</summary>
    /// <param name="columns">width x 16.</param>
    /// <param name="width">Length of a row.</param>
    /// <param name="rows">Up to sixteen rows; overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Store(ReadOnlySpan<float> columns, int width, Span<float> rows)
    {
        ref var source = ref MemoryMarshal.GetReference(columns[..(width * Rows)]);
        ref var target = ref MemoryMarshal.GetReference(rows);
        if (FourColumns.IsSupported && width >= 4 && rows.Length >= width * Rows)
        {
            for (var next = 0; next < width; next += 4)
            {
                var j = Math.Min(next, width - 4);
                var at = (nuint)(j * Rows);
                FourColumns.Store(
                    Vector512.LoadUnsafe(ref source, at), Vector512.LoadUnsafe(ref source, at + Rows),
                    Vector512.LoadUnsafe(ref source, at + (2 * Rows)), Vector512.LoadUnsafe(ref source, at + (3 * Rows)),
                    ref Unsafe.Add(ref target, j), width);
            }

            return;
        }

        for (var i = 0; i < rows.Length / width; i++)
        {
            ref var place = ref Unsafe.Add(ref source, i);
            for (var j = 0; j < width; j++)
            {
                target = place;
                target = ref Unsafe.Add(ref target, 1);
                place = ref Unsafe.Add(ref place, Rows);
            }
        }
    }

    /// <summary>Writes as many lanes as the target has room for.</summary>
    /// <param name="values">One value a lane.</param>
    /// <param name="target">At most sixteen places.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLanes(Vector512<float> values, Span<float> target)
    {
        if (target.Length == Rows)
        {
            values.StoreUnsafe(ref MemoryMarshal.GetReference(target));
            return;
        }

        StoreSome(values, target);
    }

    /// <summary>Apart from its caller, which is then short enough to be part of its own.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreSome(Vector512<float> values, Span<float> target)
    {
        Span<float> all = stackalloc float[Rows];
        values.CopyTo(all);
        all[..target.Length].CopyTo(target);
    }

    /// <summary>
    /// The first largest value of each row and the column where it stands, as <see cref="ArgMaxReference.OfRow"/> has it.
    /// </summary>
    /// <param name="columns">width x 16.</param>
    /// <param name="width">Length of a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Largest, Vector512<int> Column) ArgMax(ReadOnlySpan<float> columns, int width)
    {
        ref var first = ref MemoryMarshal.GetReference(columns);
        var largest = Vector512.LoadUnsafe(ref first);
        for (var j = 1; j < width; j++)
        {
            largest = Larger(Vector512.LoadUnsafe(ref first, (nuint)(j * Rows)), largest);
        }

        // Backwards, so that the first of equals is kept. Nothing equals NaN, which is the largest only where it stands first.
        var column = Vector512<int>.Zero;
        for (var j = width - 1; j > 0; j--)
        {
            var isLargest = Vector512.Equals(Vector512.LoadUnsafe(ref first, (nuint)(j * Rows)), largest).AsInt32();
            column = Vector512.ConditionalSelect(isLargest, Vector512.Create(j), column);
        }

        var isFirst = Vector512.Equals(Vector512.LoadUnsafe(ref first), largest).AsInt32();
        return (largest, Vector512.AndNot(column, isFirst));
    }

    /// <summary><paramref name="value"/> where it is greater, else <paramref name="largest"/>: one instruction on x86.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Larger(Vector512<float> value, Vector512<float> largest) => Sse.IsSupported
        ? Vector512.MaxNative(value, largest)
        : Vector512.ConditionalSelect(Vector512.GreaterThan(value, largest), value, largest);
}
