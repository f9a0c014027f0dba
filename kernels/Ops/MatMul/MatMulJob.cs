using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>
/// Cuts <c>c = f(op(a)·op(b) + bias)</c> into rectangles of c, one a part, and each rectangle into register tiles:
/// <code>
///     for a group of strips of b, each 3 vectors wide
///         for a block of terms p
///             pack the group                     -> read once from memory, then stays in L3
///             for a block of rows of a
///                 pack the block                 -> stays in L2
///                 for each strip of the group    -> stays in L1 or near it
///                     for each tile of the block
///                         micro-kernel
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
    /// <summary>Columns of a strip of b: 3 vectors.</summary>
    private static int StripColumns => 3 * TLanes.Count;

    private MatMulCall _call;
    private WorkerScratch _scratch = null!;
    private MatMulPlan _plan;

    /// <summary>Multiplies.</summary>
    public void Run(CpuBackend backend, in MatMulCall call)
    {
        _call = call;
        _plan = MatMulPlan.For(call, StripColumns, TRegisters.TileRows, backend.Team.Threads);
        _scratch = backend.Scratch;
        _scratch.Reserve((_plan.GroupColumns + _plan.BlockRows) * _plan.BlockTerms);
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
            var packedA = scratch + ((nint)_plan.GroupColumns * _plan.BlockTerms);
            for (var j = columns.Start; j < columns.End; j += _plan.GroupColumns)
            {
                var group = new Interval(j, Math.Min(j + _plan.GroupColumns, columns.End));
                for (var p = 0; p < _call.K; p += _plan.BlockTerms)
                {
                    var terms = new Interval(p, Math.Min(p + _plan.BlockTerms, _call.K));
                    if (_plan.PackB)
                    {
                        PackB(b, scratch, group, terms);
                    }

                    for (var i = rows.Start; i < rows.End; i += _plan.BlockRows)
                    {
                        var block = new Interval(i, Math.Min(i + _plan.BlockRows, rows.End));
                        MultiplyBlock(a, b, packedA, scratch, c, bias, block, group, terms);
                    }
                }
            }
        }
    }

    /// <summary>Columns of a strip in whole vectors.</summary>
    private static int PaddedWidth(int width) => (width + TLanes.Count - 1) / TLanes.Count * TLanes.Count;

    private void PackB(float* b, float* packed, Interval group, Interval terms)
    {
        for (var j = group.Start; j < group.End; j += StripColumns)
        {
            var width = Math.Min(StripColumns, group.End - j);
            var strip = packed + ((j - group.Start) * (nint)terms.Length);
            if (_call.TransposeB)
            {
                MatMulPack.Columns(b + ((nint)j * _call.K) + terms.Start, _call.K, strip, width, PaddedWidth(width), terms.Length);
            }
            else
            {
                MatMulPack.Rows<TVector, TLanes>(
                    b + ((nint)terms.Start * _call.N) + j, _call.N, strip, width, PaddedWidth(width), terms.Length);
            }
        }
    }

    private void PackA(float* a, float* packed, Interval block, Interval terms)
    {
        for (var i = block.Start; i < block.End; i += TRegisters.TileRows)
        {
            var rows = Math.Min(TRegisters.TileRows, block.End - i);
            var strip = packed + ((i - block.Start) * (nint)terms.Length);
            if (_call.TransposeA)
            {
                MatMulPack.Rows<TVector, TLanes>(a + (i - block.Start), _call.M, strip, rows, rows, terms.Length);
            }
            else
            {
                MatMulPack.Columns(a + ((i - block.Start) * (nint)_call.K), _call.K, strip, rows, rows, terms.Length);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyBlock(
        float* a, float* b, float* packedA, float* packedB, float* c, float* bias, Interval block, Interval group, Interval terms)
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
        a += (block.Start * tiles.ARow) + (terms.Start * tiles.AStep);
        tiles.ATile = TRegisters.TileRows * tiles.ARow;
        if (_plan.PackA)
        {
            PackA(a, packedA, block, terms);
            a = packedA;
            (tiles.ARow, tiles.AStep, tiles.ATile) = (1, TRegisters.TileRows, TRegisters.TileRows * (nint)terms.Length);
        }

        for (var j = group.Start; j < group.End; j += StripColumns)
        {
            tiles.Width = Math.Min(StripColumns, group.End - j);
            tiles.B = _plan.PackB ? packedB + ((j - group.Start) * (nint)terms.Length) : b + ((nint)terms.Start * _call.N) + j;
            tiles.BStep = _plan.PackB ? PaddedWidth(tiles.Width) : _call.N;
            tiles.Bias = last && bias is not null ? bias + j : null;
            tiles.A = a;
            tiles.C = c + ((nint)block.Start * _call.N) + j;
            MultiplyStrip(tiles, block.Length);
            if (last && _call.Activation is Activation.Sigmoid or Activation.Tanh)
            {
                Activate(tiles.C, block.Length, tiles.Width);
            }
        }
    }

    /// <summary>The tiles of a strip of b and a block of a: full ones, then what is left over.</summary>
    private void MultiplyStrip(MatMulTile tiles, int rows)
    {
        tiles.Count = rows / TRegisters.TileRows;
        if (tiles.Count > 0)
        {
            MatMulDispatch<TVector, TLanes>.Multiply(tiles, TRegisters.TileRows);
        }

        if (rows % TRegisters.TileRows != 0)
        {
            tiles.A += tiles.Count * tiles.ATile;
            tiles.C += tiles.Count * TRegisters.TileRows * tiles.CRow;
            tiles.AStep = _plan.PackA ? rows % TRegisters.TileRows : tiles.AStep;
            tiles.Count = 1;
            MatMulDispatch<TVector, TLanes>.Multiply(tiles, rows % TRegisters.TileRows);
        }
    }

    private void Activate(float* c, int rows, int width)
    {
        for (var i = 0; i < rows; i++)
        {
            var row = new Span<float>(c + ((nint)i * _call.N), width);
            ActivationSimd.Apply(row, row, _call.Activation);
        }
    }
}
