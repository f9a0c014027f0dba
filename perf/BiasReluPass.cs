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

    /// <summary>Computes <c>c[i,j] = max(c[i,j] + bias[j], 0)</c>.</summary>
    /// <param name="backend">Whose threads do it.</param>
    /// <param name="c">rows x columns; updated.</param>
    /// <param name="bias">One value a column.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="threads">How many threads at most; with one, the calling one does all.</param>
    public static void Run(CpuBackend backend, BufferView<float> c, BufferView<float> bias, int rows, int columns, int threads)
    {
        var job = backend.Job<BiasReluPass>();
        (job._c, job._bias, job._rows, job._columns) = (c, bias, rows, columns);
        job._parts = Math.Clamp(rows * columns / PartElements, 1, Math.Min(rows, threads));
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
