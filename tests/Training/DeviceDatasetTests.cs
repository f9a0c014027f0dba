using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Training;

/// <summary>However a data set gets to the device, training computes the same bits.</summary>
public class DeviceDatasetTests
{
    private static readonly Dataset Digits = BundledDigits.Load().Train;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public void A_streamed_set_trains_to_the_same_bits(bool denoise, int candidates)
    {
        var (train, validation) = Digits.Subset(200, seed: 3).StratifiedSplit(0.25, 1);
        var whole = Train(train, validation, denoise, candidates);
        Assert.Equal(whole, Train(train.Streamed(), validation.Streamed(), denoise, candidates));
    }

    [Fact]
    public void A_mapped_file_trains_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var set = Digits.Subset(150, seed: 4);
        var path = folder.Write("pixels", [1, 2, 3, .. set.CopyImages()]);
        var store = new MappedPictures(path, offset: 3, set.Count, set.Features);
        var mapped = new Dataset(set.Name, set.Height, set.Width, set.ClassNames, store, null, set.Labels, isStreamed: true);
        Assert.Equal(set.Fingerprint, mapped.Fingerprint);
        Assert.Equal(set.Image(149), mapped.Image(149));
        Assert.Equal((set.Mean, set.StandardDeviation), (mapped.Mean, mapped.StandardDeviation));
        var (train, validation) = set.StratifiedSplit(0.2, 1);
        var (mappedTrain, mappedValidation) = mapped.StratifiedSplit(0.2, 1);
        Assert.True(mappedTrain.IsStreamed);
        Assert.Equal(Train(train, validation, false), Train(mappedTrain, mappedValidation, false));
    }

    [Fact]
    public void A_set_shared_with_the_processor_is_the_one_that_is_uploaded()
    {
        using var processor = new CpuBackend(1);
        using var simulator = GpuDevices.OpenSimulator();
        var part = Digits.Subset(30, seed: 5).Select([7, 3, 29, 3]);
        var format = InputFormat.For(part);
        float[][] inputs = [.. new Backend[] { processor, simulator }.SelectMany(backend =>
            new[] { part, part.Streamed() }.Select(set =>
            {
                using var device = new DeviceDataset(backend, set, format, batch: 3);
                device.SetOrder([2, 1, 3, 0]);
                var (x, labels) = device.Gather(0);
                Assert.Equal([part.Labels.Span[2], part.Labels.Span[1], part.Labels.Span[3]], labels.ToArray());
                var first = x.ToArray();
                return (float[])[.. first, .. device.Gather(1).X.ToArray()];
            }))];
        var expected = new[] { 2, 1, 3, 0 }.SelectMany(i => format.Convert(part.Image(i)));
        Assert.All(inputs, x => Assert.Equal(expected, x));
    }

    [Fact]
    public void The_processor_takes_no_second_copy()
    {
        using var backend = new CpuBackend(1);
        using var device = new DeviceDataset(backend, Digits, InputFormat.For(Digits), 10);
        Assert.InRange(backend.Transfers.UploadedBytes, 0, Digits.PixelBytes / 10);
    }

    [Fact]
    public void A_set_that_cannot_be_read_on_is_given_back_like_any_other()
    {
        using var backend = new CpuBackend(1);
        var set = new Dataset("six", 1, 1, ["a", "b"], new Unreadable(from: 2), null, new byte[6], isStreamed: true);
        var device = new StreamedPictures(backend, set, new InputFormat(1, 1), batch: 2);
        device.SetOrder([0, 1, 2, 3, 4, 5]);
        var images = device.Batch(0, 2).Images;
        device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => images.ToArray());
    }

    [Fact]
    public void A_set_for_which_the_device_has_too_little_room_leaves_none_of_it_taken()
    {
        var set = Digits.Subset(30, seed: 5);
        using var enough = new Small(allocations: int.MaxValue);
        new ResidentPictures(enough, set, InputFormat.For(set), batch: 3).Dispose();
        Assert.Equal(3, enough.Buffers.Count);
        for (var allocations = 0; allocations < 3; allocations++)
        {
            using var small = new Small(allocations);
            Assert.Throws<DeviceMemoryException>(() => new ResidentPictures(small, set, InputFormat.For(set), batch: 3));
            Assert.Equal(allocations, small.Buffers.Count);
            Assert.All(small.Buffers, buffer => Assert.Throws<ObjectDisposedException>(buffer));
        }
    }

    private static float[] Train(Dataset train, Dataset validation, bool denoise, int candidates = 1)
    {
        using var backend = new CpuBackend(2);
        using var network = TrainerTests.Make(backend);
        using var optimizer = new Adam(0.003f);
        using var trainer = new Trainer(network, optimizer, train, validation, new TrainingOptions
        {
            Epochs = 2,
            BatchSize = 32,
            Candidates = candidates,
            Seed = 5,
            Distortion = new Distortion(RotationDegrees: 10, ShiftPixels: 1),
        }, InputFormat.For(train) with { Denoise = denoise });
        trainer.Run();
        return [.. network.CopyWeights(), .. trainer.History.Select(epoch => (float)epoch.ValidationLoss!)];
    }

    /// <summary>Pictures of one pixel, of which those from some one on cannot be read.</summary>
    private sealed class Unreadable(int from) : PictureStore
    {
        public override void Copy(int index, Span<byte> pixels) => Picture(index).CopyTo(pixels);

        public override ReadOnlySpan<byte> Picture(int index) =>
            index < from ? new byte[1] : throw new DataException("the file is gone");
    }

    /// <summary>A device of its own memory, which has room for so many buffers.</summary>
    private sealed class Small(int allocations) : Backend
    {
        private readonly CpuBackend _memory = new(1);

        /// <summary>Uses of the buffers that there were.</summary>
        public List<Action> Buffers { get; } = [];

        public override DeviceInfo Device => _memory.Device;

        public override Target Target => Target.Gpu;

        public override DeviceBuffer<T> Allocate<T>(int length)
        {
            if (Buffers.Count == allocations)
            {
                throw new DeviceMemoryException("There is no more room.");
            }

            var buffer = _memory.Allocate<T>(length);
            Buffers.Add(buffer.Clear);
            return buffer;
        }

        public override void Synchronize() => _memory.Synchronize();

        protected override void Dispose(bool disposing) => _memory.Dispose();
    }
}
