using System.Numerics;
using ScratchNet.Kernels;

namespace ScratchNet.Perf;

/// <summary>Bias and ReLU as a pass of its own over a product: what a caller of a BLAS has to add.</summary>
internal sealed class BiasReluPass : ParallelJob
{
    /// <summary>Elements that are worth a part of their own.</summary>
    private const int PartElements = 16 * 1024;

    private BufferView<float> _c;
    private BufferView<float> _bias;
    private int _rows;
    private int _columns;
    private int _parts;

    public static void Run(CpuBackend backend, BufferView<float> c, BufferView<float> bias, int rows, int columns)
    {
        var job = backend.Job<BiasReluPass>();
        (job._c, job._bias, job._rows, job._columns) = (c, bias, rows, columns);
        job._parts = Math.Clamp(rows * columns / PartElements, 1, Math.Min(rows, backend.Team.Threads));
        backend.Team.Run(job, job._parts);
    }

    public override void Execute(int part)
    {
        var bias = _bias.AsSpan()[.._columns];
        for (var i = _rows * part / _parts; i < _rows * (part + 1) / _parts; i++)
        {
            var row = _c.AsSpan().Slice(i * _columns, _columns);
            var j = 0;
            for (; j <= row.Length - Vector<float>.Count; j += Vector<float>.Count)
            {
                Vector.Max(new Vector<float>(row[j..]) + new Vector<float>(bias[j..]), Vector<float>.Zero).CopyTo(row[j..]);
            }

            for (; j < row.Length; j++)
            {
                row[j] = MathF.Max(row[j] + bias[j], 0);
            }
        }
    }
}
