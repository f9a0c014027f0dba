namespace ScratchNet.Kernels;

/// <summary>
/// Cuts <c>c = f(op(a)·op(b) + bias)</c> into rectangles of c, one a part, and each rectangle into register tiles:
/// <code>
///     for a group of strips of b (3 vectors wide) that fits into half of L2
///         for a block of terms p
///             pack the group: one strip after the other, its rows contiguous     -> read once from memory
///             for 8 rows of a                                                    -> stay in L1
///                 for each strip of the group                                    -> streams from L2
///                     micro-kernel
/// </code>
/// A part packs for itself, so the threads never wait for one another before the end.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TLanes">Its operations.</typeparam>
/// <typeparam name="TRegisters">The register file that the tiles are cut for.</typeparam>
internal sealed unsafe partial class MatMulJob<TVector, TLanes, TRegisters> : ParallelJob
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
        _scratch.Reserve(_plan.GroupColumns * _plan.BlockTerms);
        backend.Team.Run(this, _plan.Parts);
        // Lets the buffers go: the job outlives the call.
        _call = default;
    }

    /// <inheritdoc/>
    public override void Execute(int part)
    {
        var (rows, columns) = _plan.Rectangle(part);
        fixed (float* a = _call.A.AsSpan(), b = _call.B.AsSpan(), c = _call.C.AsSpan(), bias = _call.Bias.AsSpan(),
            packed = _scratch.Mine)
        {
            for (var j = columns.Start; j < columns.End; j += _plan.GroupColumns)
            {
                var group = new Interval(j, Math.Min(j + _plan.GroupColumns, columns.End));
                for (var p = 0; p < _call.K; p += _plan.BlockTerms)
                {
                    var terms = new Interval(p, Math.Min(p + _plan.BlockTerms, _call.K));
                    Pack(b, packed, group, terms);
                    MultiplyGroup(a, packed, c, bias, rows, group, terms);
                }
            }
        }
    }

    private void MultiplyGroup(float* a, float* packed, float* c, float* bias, Interval rows, Interval group, Interval terms)
    {
        var last = terms.End == _call.K;
        var tile = new MatMulTile
        {
            ARow = _call.TransposeA ? 1 : _call.K,
            AStep = _call.TransposeA ? _call.M : 1,
            CRow = _call.N,
            Depth = terms.Length,
            Accumulate = terms.Start > 0,
            Relu = last && _call.Activation == ActivationKind.Relu,
        };
        for (var i = rows.Start; i < rows.End; i += TRegisters.TileRows)
        {
            var tileRows = Math.Min(TRegisters.TileRows, rows.End - i);
            tile.A = a + (i * tile.ARow) + (terms.Start * tile.AStep);
            for (var j = group.Start; j < group.End; j += StripColumns)
            {
                var width = Math.Min(StripColumns, group.End - j);
                tile.B = packed + ((j - group.Start) * (nint)terms.Length);
                tile.BStep = PaddedWidth(width);
                tile.C = c + ((nint)i * _call.N) + j;
                tile.Bias = last && bias is not null ? bias + j : null;
                MatMulDispatch<TVector, TLanes>.Multiply(tile, tileRows, width);
                if (last && _call.Activation is ActivationKind.Sigmoid or ActivationKind.Tanh)
                {
                    Activate(tile.C, tileRows, width);
                }
            }
        }
    }

    /// <summary>Columns of a strip in whole vectors.</summary>
    private static int PaddedWidth(int width) => (width + TLanes.Count - 1) / TLanes.Count * TLanes.Count;

    private void Activate(float* c, int rows, int width)
    {
        for (var i = 0; i < rows; i++)
        {
            var row = new Span<float>(c + ((nint)i * _call.N), width);
            for (var j = 0; j < width; j++)
            {
                row[j] = _call.Activation == ActivationKind.Tanh ? MathF.Tanh(row[j]) : 1 / (1 + MathF.Exp(-row[j]));
            }
        }
    }
}
