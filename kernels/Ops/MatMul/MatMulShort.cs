using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>
/// <c>c = aᵀ·b</c> for sums of few terms and a large c: the weight gradient of a small batch. Writing c is what takes the time,
/// so its tiles follow one another along the rows, and eight rows are written at once, each from its first element to its last.
/// Downwards, as <see cref="MatMulJob{TVector, TLanes, TRegisters}"/> goes, each tile would begin eight new stretches of memory.
/// Each element is the same chain of multiply-adds.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TLanes">Its operations.</typeparam>
/// <typeparam name="TRegisters">The register file that the tiles are cut for.</typeparam>
internal sealed unsafe class MatMulShort<TVector, TLanes, TRegisters> : ParallelJob
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
    where TRegisters : struct, IRegisterFile
{
    /// <summary>With more terms a tile takes longer to compute than to write.</summary>
    private const int MaxTerms = 32;

    private MatMulCall _call;
    private WorkerScratch _scratch = null!;
    private MatMulPlan _plan;

    private static int StripColumns => MatMulDispatch<TVector, TLanes>.StripColumns;

    /// <summary>Whether a product is one for this kernel: c does not fit in the second-level cache, and b does.</summary>
    public static bool Suits(in MatMulCall call) =>
        call.TransposeA && !call.TransposeB && call.K <= MaxTerms && call.Bias.IsEmpty && call.Activation == Activation.None
        && (long)call.M * call.N * sizeof(float) > CacheSizes.L2 && (long)call.K * call.N * sizeof(float) < CacheSizes.L2 / 2;

    /// <summary>Multiplies.</summary>
    public void Run(CpuBackend backend, in MatMulCall call)
    {
        _call = call;
        _plan = MatMulPlan.For(call, StripColumns, TRegisters.TileRows, backend.Team.Threads);
        _scratch = backend.Scratch;
        _scratch.Reserve((TRegisters.TileRows + call.N + TLanes.Count) * call.K);
        backend.Team.Run(this, _plan.Parts);
        _call = default;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(int part)
    {
        var (rows, columns) = _plan.Rectangle(part);
        fixed (float* a = _call.A.AsSpan(), b = _call.B.AsSpan(), c = _call.C.AsSpan(), scratch = _scratch.Mine)
        {
            var strips = scratch + (TRegisters.TileRows * _call.K);
            PackStrips(b + columns.Start, columns.Length, strips);
            for (var i = rows.Start; i < rows.End; i += TRegisters.TileRows)
            {
                var height = Math.Min(TRegisters.TileRows, rows.End - i);
                MatMulPack.Rows<TVector, TLanes>(a + i, _call.M, scratch, height, height, _call.K);
                MultiplyRows(scratch, strips, c + (i * (nint)_call.N) + columns.Start, height, columns.Length);
            }
        }
    }

    private void PackStrips(float* b, int columns, float* strips)
    {
        for (var j = 0; j < columns; j += StripColumns)
        {
            var width = Math.Min(StripColumns, columns - j);
            MatMulPack.Rows<TVector, TLanes>(
                b + j, _call.N, strips + (j * (nint)_call.K), width, MatMulDispatch<TVector, TLanes>.Padded(width), _call.K);
        }
    }

    /// <summary>The tiles of some rows: full ones, then what is left over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyRows(float* a, float* strips, float* c, int height, int columns)
    {
        var full = columns / StripColumns;
        var tiles = new MatMulTile
        {
            A = a,
            ARow = 1,
            AStep = height,
            B = strips,
            BStep = StripColumns,
            BTile = StripColumns * (nint)_call.K,
            C = c,
            CRow = _call.N,
            CTile = StripColumns,
            Width = StripColumns,
            Count = full,
            Depth = _call.K,
        };
        if (full > 0)
        {
            MatMulDispatch<TVector, TLanes>.Multiply(tiles, height);
        }

        if (columns % StripColumns is > 0 and var rest)
        {
            tiles.B += full * tiles.BTile;
            tiles.C += full * tiles.CTile;
            (tiles.Width, tiles.BStep, tiles.Count) = (rest, MatMulDispatch<TVector, TLanes>.Padded(rest), 1);
            MatMulDispatch<TVector, TLanes>.Multiply(tiles, height);
        }
    }
}
