using ScratchNet.Kernels;
using ScratchNet.Training.Data;

namespace ScratchNet.Training;

/// <summary>Where the bytes of a batch are on the device.</summary>
/// <param name="Images">Pictures, one after another.</param>
/// <param name="Labels">Their labels.</param>
/// <param name="Rows">Which of those pictures each row of the batch takes.</param>
/// <param name="Samples">The numbers of the batch's samples in the data set, which distortions depend on.</param>
internal readonly record struct BatchSource(
    BufferView<byte> Images, BufferView<byte> Labels, BufferView<int> Rows, BufferView<int> Samples);

/// <summary>The bytes of a data set on a backend: all of them, or those of a batch at a time.</summary>
internal abstract class DevicePictures : IDisposable
{
    /// <summary>Chooses how: streamed if the set says so or is too large for the device.</summary>
    public static DevicePictures Of(Backend backend, Dataset dataset, InputFormat format, int batch)
    {
        if (!dataset.IsStreamed && dataset.PixelBytes <= Array.MaxLength)
        {
            try
            {
                return new ResidentPictures(backend, dataset, format, batch);
            }
            catch (DeviceMemoryException)
            {
                // There is no room for all at once, but perhaps for a batch.
            }
        }

        return new StreamedPictures(backend, dataset, format, batch);
    }

    /// <summary>Decides which sample comes when.</summary>
    public abstract void SetOrder(ReadOnlySpan<int> order);

    /// <summary>Makes the bytes of a batch ready.</summary>
    /// <param name="batch">Which batch.</param>
    /// <param name="size">Samples in it.</param>
    public abstract BatchSource Batch(int batch, int size);

    /// <summary>Gives the memory back.</summary>
    public abstract void Dispose();
}
