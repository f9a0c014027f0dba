using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace ScratchNet.Kernels;

/// <summary>
/// The strip of b that comes next, asked for while this one is used: it lies in pieces of 192 bytes, one in each row of b, which
/// no processor guesses. Each step of a tile's sums asks for two cache lines, so that two tiles bring the whole strip.
/// </summary>
internal unsafe struct MatMulAhead
{
    private const int LineFloats = 16;

    /// <summary>Tiles that ask; two lines a step of each are a strip of 64 numbers a term.</summary>
    private const int Tiles = 2;

    private nint _step;
    private nint _turn;
    private nint _pair;
    private int _tiles;

    /// <summary>The line to ask for next, or null.</summary>
    public float* Line;

    /// <summary>A strip whose numbers of one term are contiguous: a step asks for two lines of one term.</summary>
    /// <param name="strip">Its first number.</param>
    /// <param name="stride">Distance from one term to the next.</param>
    public static MatMulAhead Rows(float* strip, nint stride) =>
        new() { Line = strip, _step = stride, _pair = LineFloats, _tiles = Tiles };

    /// <summary>
    /// A strip whose terms are contiguous: sixteen steps go down a column of lines, in two halves, then on to the next.
    /// </summary>
    /// <param name="strip">Its first number.</param>
    /// <param name="stride">Distance from one number of a term to the next.</param>
    public static MatMulAhead Columns(float* strip, nint stride) =>
        new() { Line = strip, _step = stride, _turn = LineFloats * (1 - stride), _pair = LineFloats * stride, _tiles = Tiles };

    /// <summary>Asks for two lines. ARM64 has no such call in .NET.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ask(int step)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(Line);
            Sse.Prefetch1(Line + _pair);
            Line += _step;
            if (step % LineFloats == 1) Line += _turn;
        }
    }

    /// <summary>Goes on to the lines of the next tile.</summary>
    public void NextTile()
    {
        Line = --_tiles > 0 ? Line + (2 * _pair) : null;
    }
}
