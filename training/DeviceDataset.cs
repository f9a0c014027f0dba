using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training.Data;

namespace ScratchNet.Training;

/// <summary>
/// A data set on a backend, which gives batches of it as float32. Its bytes live there, and nothing is copied between host and
/// device but the order of the samples, once an epoch; only those of a set that is streamed, or that the device has no room for,
/// are brought there batch by batch, which gives the same bits.
/// </summary>
internal sealed class DeviceDataset : IDisposable
{
    private readonly Backend _backend;
    private readonly InputFormat _format;
    private readonly DevicePictures _pictures;
    private readonly DeviceBuffer<byte> _batchLabels;
    private readonly Tensor _batch;
    private Tensor _distorted;
    private BatchSource _drawn;
    private DeviceBuffer<int>? _chosenRows;
    private DeviceBuffer<int>? _chosenSamples;

    /// <summary>Uploads a data set; samples come in its own order until another is given.</summary>
    public DeviceDataset(Backend backend, Dataset dataset, InputFormat format, int batch)
    {
        _backend = backend;
        _format = format;
        Count = dataset.Count;
        BatchSize = Math.Min(batch, Count);
        _pictures = DevicePictures.Of(backend, dataset, format, BatchSize);
        _batchLabels = backend.Allocate<byte>(BatchSize);
        _batch = Tensor.Allocate(backend, BatchSize, format.Features);
        SetOrder([.. Enumerable.Range(0, Count)]);
    }

    /// <summary>Number of samples.</summary>
    public int Count { get; }

    /// <summary>Samples in a batch, but for the last.</summary>
    public int BatchSize { get; }

    /// <summary>Batches in an epoch; the last may be smaller.</summary>
    public int Batches => (Count + BatchSize - 1) / BatchSize;

    /// <summary>Decides which sample comes when.</summary>
    public void SetOrder(ReadOnlySpan<int> order) => _pictures.SetOrder(order);

    /// <summary>Samples in a given batch.</summary>
    public int SizeOf(int batch) => Math.Min(BatchSize, Count - (batch * BatchSize));

    /// <summary>Gathers a batch, and distorts it if asked to.</summary>
    /// <returns>Inputs and labels, valid until the next call.</returns>
    public (Tensor X, BufferView<byte> Labels) Gather(int batch, Distortion? distortion = null, ulong seed = 0, int epoch = 0)
    {
        var size = SizeOf(batch);
        _drawn = _pictures.Batch(batch, size);
        return Gather(_drawn, size, distortion, seed, epoch);
    }

    /// <summary>
    /// Gathers those of the last batch again that have the largest losses. A picture is a function of seed, epoch and sample, so
    /// it comes out as it was.
    /// </summary>
    /// <param name="losses">The loss of each sample of that batch.</param>
    /// <param name="count">How many to take; the largest loss comes first.</param>
    /// <param name="distortion">As the batch was gathered.</param>
    /// <param name="seed">The same.</param>
    /// <param name="epoch">The same.</param>
    /// <returns>Inputs and labels, valid until the next call.</returns>
    public (Tensor X, BufferView<byte> Labels) GatherHardest(
        BufferView<float> losses, int count, Distortion? distortion, ulong seed, int epoch)
    {
        _chosenRows ??= _backend.Allocate<int>(BatchSize);
        _chosenSamples ??= _backend.Allocate<int>(BatchSize);
        var chosen = _drawn with { Rows = _chosenRows.View.Slice(0, count), Samples = _chosenSamples.View.Slice(0, count) };
        HardestSpec.Operation.Run(_backend, new HardestCall(
            losses, _drawn.Rows, _drawn.Samples, chosen.Rows, chosen.Samples, _drawn.Rows.Length, count));
        return Gather(chosen, count, distortion, seed, epoch);
    }

    public void Dispose()
    {
        _pictures.Dispose();
        _batchLabels.Dispose();
        _batch.View.Buffer.Dispose();
        _distorted.View.Buffer?.Dispose();
        _chosenRows?.Dispose();
        _chosenSamples?.Dispose();
    }

    private (Tensor X, BufferView<byte> Labels) Gather(
        BatchSource source, int size, Distortion? distortion, ulong seed, int epoch)
    {
        var x = _batch.FirstRows(size);
        var labels = _batchLabels.View.Slice(0, size);
        GatherSpec.Operation.Run(_backend, new GatherCall(
            source.Images, source.Labels, source.Rows, x.View, labels, size, _format.Features, _format.Scale, _format.Shift));
        if (distortion is not { } how)
        {
            return (x, labels);
        }

        if (_distorted.View.IsEmpty)
        {
            _distorted = Tensor.Allocate(_backend, BatchSize, _format.Features);
        }

        var y = _distorted.FirstRows(size);
        AugmentSpec.Operation.Run(_backend, new AugmentCall(
            x.View, source.Samples, y.View, size, _format.Height, _format.Width, _format.Shift, how, seed, (uint)epoch));
        return (y, labels);
    }
}
