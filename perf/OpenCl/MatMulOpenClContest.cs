using ILGPU.Runtime.OpenCL;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>
/// One product on an OpenCL device, by ScratchNet and by CLBlast in the same memory and queue; checked when it is made.
/// </summary>
internal sealed class MatMulOpenClContest : IDisposable
{
    private readonly GpuBackend _backend;
    private readonly Workbench _bench;
    private readonly MatMulShape _shape;
    private readonly MatMulCall _call;

    public MatMulOpenClContest(GpuBackend backend, MatMulShape shape, bool hasPeer)
    {
        (_backend, _shape, _bench) = (backend, shape, new Workbench(backend));
        _call = new MatMulBench().Prepare(_bench, new BenchShape(shape.M, shape.N, shape.K, shape.TransposeA, shape.TransposeB));
        ErrorUlp = Check("scratchnet", Run);
        PeerErrorUlp = hasPeer ? Check("clblast", RunPeer) : double.NaN;
    }

    /// <summary>Floating-point operations by the formula.</summary>
    public long Flops => _call.Flops;

    /// <summary>What must be moved.</summary>
    public Traffic Traffic => _call.Traffic;

    /// <summary>Largest error of ScratchNet's product against double precision.</summary>
    public double ErrorUlp { get; }

    /// <summary>The same of CLBlast's.</summary>
    public double PeerErrorUlp { get; }

    /// <summary>Which kernel training would use.</summary>
    public string Variant => MatMulSpec.Operation.Choose(_backend, _call).Name;

    public void Run() => MatMulSpec.Operation.Run(_backend, _call);

    public void RunPeer() => ClBlast.Multiply(
        ((CLStream)_backend.Stream).CommandQueue, Handle(_call.A), Handle(_call.B), Handle(_call.C), _shape);

    public void Dispose() => _bench.Dispose();

    private static nint Handle(BufferView<float> view) => ((GpuBuffer<float>)view.Buffer).Handle;

    private double Check(string who, Action run)
    {
        _bench.Reset();
        run();
        _backend.Synchronize();
        var verdict = _bench.Check();
        return verdict.Fault is null ? verdict.ErrorUlp
            : throw new InvalidOperationException($"{who} at {_call.Shape}: {verdict.Fault}.");
    }
}
