using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>
/// Cuts <c>c = f(op(a)·op(b) + bias)</c> into rectangles of c, one a part, and each rectangle into register tiles:
/// <code>
///     for a group of strips of b, each 3 vectors wide
///         for a block of terms p
///             for a block of rows of a
///                 pack the block                 -> stays in L2
///                 for each strip of the group
///                     pack the strip             -> once; stays in L2 or L3. The next one is asked for meanwhile
///                     for each tile of the block
///                         micro-kernel           -> the tile stays in registers
/// </code>
/// A part packs for itself, so the threads never wait for one another before the end.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TLanes">Its operations.</typeparam>
/// <typeparam name="TRegisters">The register file that the tiles are cut for.</typeparam>
internal sealed unsafe class MatMulJob<TVector, TLanes, TRegisters> : ParallelJob
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
    where TRegisters : struct, IRegisterFile
{
    /// <summary>Terms of a transposed a that are packed at a time.</summary>
    private const int PackedTerms = 16;

    private MatMulCall _call;
    private WorkerScratch _scratch = null!;
    private MatMulPlan _plan;

    /// <summary>Multiplies on so many threads.</summary>
    public void Run(CpuBackend backend, in MatMulCall call, int threads)
    {
        _call = call;
        _plan = MatMulPlan.For(
            call, MatMulDispatch<TVector, TLanes>.StripColumns, TRegisters.TileRows, threads);
        _scratch = backend.Scratch;
        _scratch.Reserve(_plan.ScratchFloats);
        backend.Team.Run(this, _plan.Parts);
        // Lets the buffers go: the job outlives the call.
        _call = default;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(int part)
    {
        var (rows, columns) = _plan.Rectangle(part);
        fixed (float* a = _call.A.AsSpan(), b = _call.B.AsSpan(), c = _call.C.AsSpan(), bias = _call.Bias.AsSpan(),
            scratch = _scratch.Mine)
        {
            var memory = new Memory { A = a, B = b, C = c, Bias = bias, Strips = scratch, Block = scratch + _plan.StripFloats };
            for (var j = columns.Start; j < columns.End; j += _plan.GroupColumns)
            {
                var group = new Interval(j, Math.Min(j + _plan.GroupColumns, columns.End));
                for (var p = 0; p < _call.K; p += _plan.BlockTerms)
                {
                    var terms = new Interval(p, Math.Min(p + _plan.BlockTerms, _call.K));
                    for (var i = rows.Start; i < rows.End; i += _plan.BlockRows)
                    {
                        var block = new Interval(i, Math.Min(i + _plan.BlockRows, rows.End));
                        MultiplyBlock(memory, block, group, terms, stripsArePacked: i > rows.Start);
                    }
                }
            }
        }
    }

    private void PackB(float* b, float* strip, int width, int padded, int depth)
    {
        if (_call.TransposeB)
        {
            MatMulPack.Columns(b, _call.K, strip, width, padded, depth);
        }
        else
        {
            MatMulPack.Rows<TVector, TLanes>(b, _call.N, strip, width, padded, depth);
        }
    }

    private void PackA(float* a, float* packed, Interval block, Interval terms)
    {
        // Rows of a transposed a are long: a few at a time are cut up, so that each line is fetched once.
        var run = _call.TransposeA ? PackedTerms : terms.Length;
        for (var p = 0; p < terms.Length; p += run)
        {
            var depth = Math.Min(run, terms.Length - p);
            for (var i = block.Start; i < block.End; i += TRegisters.TileRows)
            {
                var rows = Math.Min(TRegisters.TileRows, block.End - i);
                var strip = packed + ((i - block.Start) * (nint)terms.Length) + (p * rows);
                if (_call.TransposeA)
                {
                    MatMulPack.Rows<TVector, TLanes>(
                        a + ((nint)p * _call.M) + (i - block.Start), _call.M, strip, rows, rows, depth);
                }
                else
                {
                    MatMulPack.Columns(a + ((i - block.Start) * (nint)_call.K), _call.K, strip, rows, rows, depth);
                }
            }
        }
    }

    /// <summary>A block of rows of a times a group of strips of b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyBlock(in Memory memory, Interval block, Interval group, Interval terms, bool stripsArePacked)
    {
        var last = terms.End == _call.K;
        var tiles = new MatMulTile
        {
            ARow = _call.TransposeA ? 1 : _call.K,
            AStep = _call.TransposeA ? _call.M : 1,
            CRow = _call.N,
            Depth = terms.Length,
            Accumulate = terms.Start > 0,
            Relu = last && _call.Activation == Activation.Relu,
        };
        var a = memory.A + (block.Start * tiles.ARow) + (terms.Start * tiles.AStep);
        if (_plan.PackA)
        {
            PackA(a, memory.Block, block, terms);
            a = memory.Block;
            (tiles.ARow, tiles.AStep) = (1, TRegisters.TileRows);
        }

        for (var j = group.Start; j < group.End; j += tiles.Width)
        {
            tiles.Width = MatMulDispatch<TVector, TLanes>.StripWidth(group.End - j);
            FindStrip(ref tiles, memory, j - group.Start, j, terms, stripsArePacked, isLast: j + tiles.Width == group.End);
            tiles.Bias = last && memory.Bias is not null ? memory.Bias + j : null;
            tiles.A = a;
            tiles.C = memory.C + ((nint)block.Start * _call.N) + j;
            MatMulDispatch<TVector, TLanes>.MultiplyStrip<TRegisters>(ref tiles, block.Length, _plan.PackA);
            if (last && _call.Activation is Activation.Sigmoid or Activation.Tanh)
            {
                Activate(tiles.C, block.Length, tiles.Width);
            }
        }
    }

    /// <summary>
    /// Finds the strip of b from column <paramref name="j"/> on, packs it if need be, and asks for the one after it.
    /// </summary>
    private void FindStrip(
        ref MatMulTile tiles, in Memory memory, int offset, int j, Interval terms, bool isPacked, bool isLast)
    {
        tiles.B = memory.B + (_call.TransposeB ? ((nint)j * _call.K) + terms.Start : ((nint)terms.Start * _call.N) + j);
        tiles.BStep = _call.N;
        tiles.Ahead = isLast || !_plan.AsksAhead ? default
            : _call.TransposeB ? MatMulAhead.Columns(tiles.B + (tiles.Width * (nint)_call.K), _call.K)
            : MatMulAhead.Rows(tiles.B + tiles.Width, _call.N);
        if (!_plan.PackB)
        {
            return;
        }

        var strip = memory.Strips + (_plan.KeepsStrips ? offset * (nint)terms.Length : 0);
        var padded = MatMulDispatch<TVector, TLanes>.Padded(tiles.Width);
        if (!isPacked)
        {
            PackB(tiles.B, strip, tiles.Width, padded, terms.Length);
        }
        else if (!isLast)
        {
            tiles.Ahead = MatMulAhead.Rows(strip + (tiles.Width * (nint)terms.Length), padded);
        }

        tiles.B = strip;
        tiles.BStep = padded;
    }

    private void Activate(float* c, int rows, int width)
    {
        for (var i = 0; i < rows; i++)
        {
            var row = new Span<float>(c + ((nint)i * _call.N), width);
            ActivationSimd.Apply(row, row, _call.Activation);
        }
    }

    /// <summary>Where everything lies.</summary>
    private struct Memory
    {
        public float* A;
        public float* B;
        public float* C;
        public float* Bias;

        /// <summary>Packed strips of b.</summary>
        public float* Strips;

        /// <summary>A packed block of a.</summary>
        public float* Block;
    }
}
