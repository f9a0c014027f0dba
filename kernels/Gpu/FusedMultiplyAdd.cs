using System.Reflection;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>
/// Tells ILGPU what <see cref="GpuMath.Fma"/> is: <c>fma.rn.f32</c> in PTX, <c>fma()</c> in OpenCL C; the simulator runs its
/// body.
/// </summary>
internal static class FusedMultiplyAdd
{
    private const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Registers the intrinsic with a context.</summary>
    public static void Register(Context context)
    {
        var fma = typeof(GpuMath).GetMethod(nameof(GpuMath.Fma), Static)!;
        var manager = context.GetIntrinsicManager();
        manager.RegisterMethod(fma, new PTXIntrinsic(Writer(nameof(WritePtx)), IntrinsicImplementationMode.GenerateCode));
        manager.RegisterMethod(fma, new CLIntrinsic(Writer(nameof(WriteOpenCl)), IntrinsicImplementationMode.GenerateCode));
    }

    private static MethodInfo Writer(string name) => typeof(FusedMultiplyAdd).GetMethod(name, Static)!;

    private static void WritePtx(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var target = generator.AllocateHardware(value);
        using var command = generator.BeginCommand("fma.rn.f32");
        command.AppendArgument(target);
        command.AppendArgument(generator.LoadPrimitive(value[0]));
        command.AppendArgument(generator.LoadPrimitive(value[1]));
        command.AppendArgument(generator.LoadPrimitive(value[2]));
    }

    private static void WriteOpenCl(CLBackend backend, CLCodeGenerator generator, Value value)
    {
        var target = generator.Allocate(value);
        using var statement = generator.BeginStatement(target);
        statement.AppendCommand("fma");
        statement.BeginArguments();
        for (var i = 0; i < 3; i++)
        {
            statement.AppendArgument(generator.Load(value[i]));
        }

        statement.EndArguments();
    }
}
