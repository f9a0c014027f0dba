using ScratchNet.Kernels;
using ScratchNet.Training.Data;

namespace ScratchNet.Training;

/// <summary>
/// All bytes of a data set on a backend at once. The processor reads them where they are, so that a set, its validation part and
/// the pictures in use take memory only once.
/// </summary>
internal sealed class ResidentPictures : DevicePictures
{
    private const int UploadBytes = 1 << 20;

    private readonly DeviceBuffer<byte> _memory;
    private readonly BufferView<byte> _images;
    private readonly DeviceBuffer<byte> _labels;
    private readonly DeviceBuffer<int> _samples;
    private readonly DeviceBuffer<int>? _rows;
    private readonly int[]? _rowOfSample;
    private readonly int _batchSize;

    public ResidentPictures(Backend backend, Dataset dataset, InputFormat format, int batch)
    {
        _batchSize = batch;
        var (pictures, rows) = dataset.InMemory();
        try
        {
            if (backend.Target == Target.Cpu && !format.Denoise && pictures is { } whole)
            {
                _memory = backend.Share(whole.Array!);
                _images = _memory.View.Slice(whole.Offset, whole.Count);
                _rowOfSample = rows;
            }
            else
            {
                _memory = backend.Allocate<byte>((int)dataset.PixelBytes);
                _images = _memory.View;
                Upload(dataset, format, _memory);
            }

            _labels = backend.Share(LabelsOfRows(dataset));
            _samples = backend.Allocate<int>(dataset.Count);
            _rows = _rowOfSample is null ? null : backend.Allocate<int>(dataset.Count);
        }
        catch
        {
            // Where the rest has no room, batches are brought one by one, and need what a part has taken.
            Dispose();
            throw;
        }
    }

    public override void SetOrder(ReadOnlySpan<int> order)
    {
        _samples.CopyFrom(order);
        if (_rowOfSample is not null)
        {
            var rows = new int[order.Length];
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = _rowOfSample[order[i]];
            }

            _rows!.CopyFrom(rows);
        }
    }

    public override BatchSource Batch(int batch, int size)
    {
        var samples = _samples.View.Slice(batch * _batchSize, size);
        var rows = _rows is null ? samples : _rows.View.Slice(batch * _batchSize, size);
        return new BatchSource(_images, _labels.View, rows, samples);
    }

    public override void Dispose()
    {
        _memory?.Dispose();
        _labels?.Dispose();
        _samples?.Dispose();
        _rows?.Dispose();
    }

    private static void Upload(Dataset dataset, InputFormat format, DeviceBuffer<byte> buffer)
    {
        var features = dataset.Features;
        var block = new byte[Math.Max(1, UploadBytes / features) * features];
        for (var first = 0; first < dataset.Count; first += block.Length / features)
        {
            var count = Math.Min(block.Length / features, dataset.Count - first);
            for (var i = 0; i < count; i++)
            {
                var picture = block.AsSpan(i * features, features);
                dataset.CopyImage(first + i, picture);
                format.Clean(picture);
            }

            buffer.CopyFrom(block.AsSpan(0, count * features), first * features);
        }
    }

    /// <summary>The labels by place in memory, as the pictures are: those of other sets' pictures are never looked at.</summary>
    private byte[] LabelsOfRows(Dataset dataset)
    {
        if (_rowOfSample is null)
        {
            return dataset.Labels.ToArray();
        }

        var labels = new byte[_images.Length / dataset.Features];
        for (var i = 0; i < dataset.Count; i++)
        {
            labels[_rowOfSample[i]] = dataset.Labels.Span[i];
        }

        return labels;
    }
}
