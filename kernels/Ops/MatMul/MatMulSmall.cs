using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>
/// The product of small matrices, which is over before the work around it would be: one thread, nothing packed, no blocks. Planning
/// a job and running it on the team takes as long as 16 x 16 x 16. The tiles are those of
/// <see cref="MatMulJob{TVector, TLanes, TRegisters}"/>, and so is every bit of the result.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TLanes">Its operations.</typeparam>
/// <typeparam name="TRegisters">The register file that the tiles are cut for.</typeparam>
internal static unsafe class MatMulSmall<TVector, TLanes, TRegisters>
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
    where TRegisters : struct, IRegisterFile
{
    /// <summary>Whether a product is one for this way: a job would neither pack nor share it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Suits(in MatMulCall call) =>
        call.Activation is Activation.None or Activation.Relu
        && MatMulPlan.IsOnePiece(call, MatMulDispatch<TVector, TLanes>.StripColumns);

    /// <summary>Multiplies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in MatMulCall call)
    {
        fixed (float* a = call.A.AsSpan(), b = call.B.AsSpan(), c = call.C.AsSpan(), bias = call.Bias.AsSpan())
        {
            var tiles = new MatMulTile
            {
                A = a,
                ARow = call.TransposeA ? 1 : call.K,
                AStep = call.TransposeA ? call.M : 1,
                BStep = call.N,
                CRow = call.N,
                Depth = call.K,
                Relu = call.Activation == Activation.Relu,
            };
            for (var j = 0; j < call.N; j += tiles.Width)
            {
                tiles.Width = MatMulDispatch<TVector, TLanes>.StripWidth(call.N - j);
                tiles.B = b + j;
                tiles.C = c + j;
                tiles.Bias = bias is null ? null : bias + j;
                MatMulDispatch<TVector, TLanes>.MultiplyStrip<TRegisters>(ref tiles, call.M, isPacked: false);
            }
        }
    }
}
