namespace ScratchNet.Kernels;

/// <summary>Working memory, one piece for each thread of a team. It grows to what was asked for most and stays.</summary>
/// <param name="backend">Whose threads use it.</param>
internal sealed class WorkerScratch(CpuBackend backend)
{
    private readonly CpuBuffer<float>?[] _pieces = new CpuBuffer<float>?[backend.Team.Threads];
    private CpuBuffer<float>? _shared;

    /// <summary>Makes sure that every thread has a piece of at least <paramref name="length"/> floats.</summary>
    public void Reserve(int length)
    {
        for (var worker = 0; worker < _pieces.Length; worker++)
        {
            if (_pieces[worker] is not { } piece || piece.Length < length)
            {
                _pieces[worker] = new CpuBuffer<float>(backend, length);
            }
        }
    }

    /// <summary>A piece that belongs to no thread, of the given length.</summary>
    public BufferView<float> Shared(int length)
    {
        if (_shared is null || _shared.Length < length)
        {
            _shared = new CpuBuffer<float>(backend, length);
        }

        return _shared.View.Slice(0, length);
    }

    /// <summary>The piece of the thread that calls this: begins on a 64-byte boundary, never moves, holds anything.</summary>
    public Span<float> Mine => _pieces[ThreadTeam.Worker]!.Span;
}
