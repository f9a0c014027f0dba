using ScratchNet.Kernels;
using ScratchNet.Training.Data;

namespace ScratchNet.Training;

/// <summary>
/// The bytes of one batch at a time, for sets that have no room on the device or in memory. While a batch is in use the next one
/// is already read, so that training waits for the disk only where the disk is slower.
/// </summary>
internal sealed class StreamedPictures : DevicePictures
{
    private readonly Dataset _dataset;
    private readonly InputFormat _format;
    private readonly int _batchSize;
    private readonly int[] _order;
    private readonly DeviceBuffer<byte> _images;
    private readonly DeviceBuffer<byte> _labels;
    private readonly DeviceBuffer<int> _samples;
    private readonly DeviceBuffer<int> _rows;
    private readonly byte[] _batchLabels;
    private Block _next;
    private Block _used;
    private Task _reading = Task.CompletedTask;

    public StreamedPictures(Backend backend, Dataset dataset, InputFormat format, int batch)
    {
        (_dataset, _format, _batchSize) = (dataset, format, batch);
        _order = new int[dataset.Count];
        _batchLabels = new byte[batch];
        _next = new Block(new byte[checked(batch * dataset.Features)]);
        _used = new Block(new byte[batch * dataset.Features]);
        _images = backend.Allocate<byte>(batch * dataset.Features);
        _labels = backend.Allocate<byte>(batch);
        _samples = backend.Allocate<int>(batch);
        _rows = backend.Share(Enumerable.Range(0, batch).ToArray());
    }

    public override void SetOrder(ReadOnlySpan<int> order)
    {
        _reading.GetAwaiter().GetResult();
        order.CopyTo(_order);
        _next.Batch = -1;
    }

    public override BatchSource Batch(int batch, int size)
    {
        _reading.GetAwaiter().GetResult();
        if (_next.Batch != batch)
        {
            Read(_next, batch);
        }

        (_next, _used) = (_used, _next);
        if ((batch + 1) * (long)_batchSize < _order.Length)
        {
            var ahead = _next;
            _reading = Task.Run(() => Read(ahead, batch + 1));
        }

        return Upload(_order.AsSpan(batch * _batchSize, size));
    }

    public override void Dispose()
    {
        // Reading must have ended, but whether well is of no interest any more.
        Task.WaitAny(_reading);
        _images.Dispose();
        _labels.Dispose();
        _samples.Dispose();
        _rows.Dispose();
    }

    private void Read(Block block, int batch)
    {
        var first = batch * _batchSize;
        var features = _dataset.Features;
        var count = Math.Min(_batchSize, _order.Length - first);
        for (var i = 0; i < count; i++)
        {
            var picture = block.Pixels.AsSpan(i * features, features);
            _dataset.CopyImage(_order[first + i], picture);
            _format.Clean(picture);
        }

        block.Batch = batch;
    }

    private BatchSource Upload(ReadOnlySpan<int> samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            _batchLabels[i] = _dataset.Labels.Span[samples[i]];
        }

        _images.CopyFrom(_used.Pixels.AsSpan(0, samples.Length * _dataset.Features));
        _labels.CopyFrom(_batchLabels.AsSpan(0, samples.Length));
        _samples.CopyFrom(samples);
        return new BatchSource(
            _images.View, _labels.View, _rows.View.Slice(0, samples.Length), _samples.View.Slice(0, samples.Length));
    }

    /// <summary>Pixels in memory, and which batch's they are.</summary>
    private sealed class Block(byte[] pixels)
    {
        public byte[] Pixels { get; } = pixels;

        public int Batch { get; set; } = -1;
    }
}
