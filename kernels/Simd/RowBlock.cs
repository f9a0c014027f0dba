using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
        if (rows.Length >= width * Rows)
        {
            // Sixteen numbers are joined in registers: stored one by one, they would be waited for when read as one.
            for (nint j = 0; j < width; j++)
            {
                Vector512.Create(Eight(ref Unsafe.Add(ref source, j), width), Eight(ref Unsafe.Add(ref source, (8 * width) + j), width))
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
        x, Unsafe.Add(ref x, stride), Unsafe.Add(ref x, 2 * stride), Unsafe.Add(ref x, 3 * stride),
        Unsafe.Add(ref x, 4 * stride), Unsafe.Add(ref x, 5 * stride), Unsafe.Add(ref x, 6 * stride), Unsafe.Add(ref x, 7 * stride));

    /// <summary>The way back of <see cref="Load"/>.</summary>
    /// <param name="columns">width x 16.</param>
    /// <param name="width">Length of a row.</param>
    /// <param name="rows">Up to sixteen rows; overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Store(ReadOnlySpan<float> columns, int width, Span<float> rows)
    {
        ref var source = ref MemoryMarshal.GetReference(columns[..(width * Rows)]);
        ref var target = ref MemoryMarshal.GetReference(rows);
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
    public static void StoreLanes(Vector512<float> values, Span<float> target)
    {
        if (target.Length == Rows)
        {
            values.CopyTo(target);
            return;
        }

        Span<float> all = stackalloc float[Rows];
        values.CopyTo(all);
        all[..target.Length].CopyTo(target);
    }

    /// <summary>The first largest value of each row and the column where it stands, as <see cref="ArgMaxReference.OfRow"/> has it.</summary>
    /// <param name="columns">width x 16.</param>
    /// <param name="width">Length of a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Largest, Vector512<int> Column) ArgMax(ReadOnlySpan<float> columns, int width)
    {
        ref var first = ref MemoryMarshal.GetReference(columns);
        var largest = Vector512.LoadUnsafe(ref first);
        var column = Vector512<int>.Zero;
        for (var j = 1; j < width; j++)
        {
            var value = Vector512.LoadUnsafe(ref first, (nuint)(j * Rows));
            var greater = Vector512.GreaterThan(value, largest);
            largest = Vector512.ConditionalSelect(greater, value, largest);
            column = Vector512.ConditionalSelect(greater.AsInt32(), Vector512.Create(j), column);
        }

        return (largest, column);
    }
}
