using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>Predictions of sixteen rows at a time, one row to a lane, threads over rows.</summary>
internal static class ArgMaxSimd
{
    public static void Run(CpuBackend backend, in ArgMaxCall call)
    {
        if (call.Classes == 1)
        {
            ArgMaxReference.Run(backend, call);
            return;
        }

        var job = backend.Job<RowsJob>();
        job.Set(call, Chunks.OfRows(call.Batch, call.Classes, RowBlock.Rows, backend.Team.Threads));
        backend.Team.Run(job, job.Chunks.Count);
    }

    private sealed class RowsJob : ParallelJob
    {
        private ArgMaxCall _call;

        public Chunks Chunks { get; private set; }

        public void Set(in ArgMaxCall call, Chunks chunks)
        {
            _call = call;
            Chunks = chunks;
        }

        public override void Execute(int part)
        {
            var (start, count) = Chunks[part];
            var scores = _call.Scores.AsSpan();
            var predictions = _call.Predictions.AsSpan();
            Span<float> columns = stackalloc float[_call.Classes * RowBlock.Rows];
            Span<int> lanes = stackalloc int[RowBlock.Rows];
            for (var first = start; first < start + count; first += RowBlock.Rows)
            {
                var rows = Math.Min(RowBlock.Rows, start + count - first);
                RowBlock.Load(scores.Slice(first * _call.Classes, rows * _call.Classes), _call.Classes, columns);
                var (_, predicted) = RowBlock.ArgMax(columns, _call.Classes);
                predicted.CopyTo(lanes);
                for (var i = 0; i < rows; i++)
                {
                    predictions[first + i] = (byte)lanes[i];
                }
            }
        }
    }
}
