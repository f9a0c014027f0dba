namespace ScratchNet.Kernels;

/// <summary>A range cut into pieces of equal size, but for the last, that threads take one by one.</summary>
/// <param name="Total">Size of the range.</param>
/// <param name="Size">Size of a piece.</param>
internal readonly record struct Chunks(int Total, int Size)
{
    // About two microseconds of work in cache: what handing it to another thread costs.
    private const int SmallestWork = 8192;

    // More pieces than threads, so that a thread that is held up leaves its share to the others.
    private const int PiecesPerThread = 4;

    // Pieces end on cache lines and on whole quads of random words.
    private const int Multiple = 64;

    /// <summary>Number of pieces.</summary>
    public int Count => (int)(((long)Total + Size - 1) / Size);

    /// <summary>First element and length of a piece.</summary>
    public (int Start, int Length) this[int part] => (part * Size, Math.Min(Size, Total - (part * Size)));

    /// <summary>Cuts for an operation whose result does not depend on where it is cut.</summary>
    /// <param name="total">Size of the range.</param>
    /// <param name="threads">Threads that share the work.</param>
    public static Chunks Of(int total, int threads)
    {
        if (threads == 1)
        {
            return new Chunks(total, total);
        }

        var share = Math.Max(SmallestWork, total / (threads * PiecesPerThread));
        return new Chunks(total, (share + Multiple - 1) / Multiple * Multiple);
    }

    /// <summary>Cuts rows, for an operation that does each on its own.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="workPerRow">What a row costs, in elements.</param>
    /// <param name="multiple">Pieces, but for the last, are a multiple of this many rows.</param>
    /// <param name="threads">Threads that share the work.</param>
    public static Chunks OfRows(int rows, int workPerRow, int multiple, int threads)
    {
        if (threads == 1)
        {
            return new Chunks(rows, rows);
        }

        var smallest = (SmallestWork + workPerRow - 1) / workPerRow;
        var share = Math.Max(smallest, rows / (threads * PiecesPerThread));
        return new Chunks(rows, (share + multiple - 1) / multiple * multiple);
    }
}
