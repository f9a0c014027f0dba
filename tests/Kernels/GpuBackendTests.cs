using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels;

/// <summary>What a GPU backend promises beyond its kernels, shown on the simulator.</summary>
public sealed class GpuBackendTests : IDisposable
{
    private readonly GpuBackend _backend = GpuDevices.OpenSimulator();

    [Fact]
    public void New_memory_is_zero()
    {
        using var buffer = _backend.Allocate<float>(1000);
        Assert.All(buffer.View.ToArray(), value => Assert.Equal(0f, value));
    }

    [Fact]
    public void Copies_go_where_they_should_and_are_counted()
    {
        using var buffer = _backend.Allocate<int>(10);
        buffer.CopyFrom([1, 2, 3], offset: 4);
        Assert.Equal([0, 1, 2, 3, 0], buffer.View.Slice(3, 5).ToArray());
        Assert.Equal((1, 12, 1, 20), (_backend.Transfers.Uploads, _backend.Transfers.UploadedBytes,
            _backend.Transfers.Downloads, _backend.Transfers.DownloadedBytes));
        buffer.Clear();
        Assert.All(buffer.View.ToArray(), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(3, new[] { 3, 3, 2 })]
    [InlineData(8, new[] { 8 })]
    [InlineData(100, new[] { 8 })]
    public void Values_are_shown_in_pieces_of_what_was_asked_for(int most, int[] pieces)
    {
        using var buffer = _backend.Allocate<int>(10);
        buffer.CopyFrom([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        List<int[]> seen = [];
        buffer.Read(values => seen.Add(values.ToArray()), offset: 1, length: 8, most);
        Assert.Equal(pieces, seen.Select(piece => piece.Length));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], seen.SelectMany(piece => piece));
    }

    [Fact]
    public void The_processor_shows_values_where_they_are()
    {
        using var backend = new CpuBackend(1);
        using var buffer = backend.Allocate<int>(10);
        buffer.CopyFrom([4, 5, 6], offset: 2);
        var calls = 0;
        buffer.View.Slice(2, 3).Read(values =>
        {
            calls++;
            Assert.Equal([4, 5, 6], values.ToArray());
            Assert.True(System.Runtime.CompilerServices.Unsafe.AreSame(
                in values[0], in buffer.View.Slice(2, 3).AsSpan()[0]));
        });
        Assert.Equal((1, 0), (calls, backend.Transfers.Downloads));
    }

    [Fact]
    public void More_memory_than_the_device_has_is_a_one_line_error()
    {
        using var small = GpuDevices.OpenSimulator(memoryBytes: 1 << 20);
        using var fits = small.Allocate<float>(1 << 18);
        var exception = Assert.Throws<DeviceMemoryException>(() => small.Allocate<float>((1 << 18) + 1));
        Assert.Contains("1.0 MB", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void The_simulator_is_described_by_the_limit_that_its_kernels_meet() => Assert.Contains(
        $"groups up to {_backend.Accelerator.MaxNumThreadsPerGroup};", GpuDevices.DescribeSimulator().Capabilities,
        StringComparison.Ordinal);

    [Fact]
    public void Launches_are_counted_and_transfer_nothing()
    {
        using var buffer = _backend.Allocate<float>(100);
        ActivationSpec.Forward.Run(_backend, new ActivationForwardCall(buffer.View, buffer.View, 100, Activation.Tanh));
        var uploads = _backend.Transfers.Uploads;
        var before = _backend.Launches;
        ActivationSpec.Forward.Run(_backend, new ActivationForwardCall(buffer.View, buffer.View, 100, Activation.Tanh));
        Assert.Equal(before + 1, _backend.Launches);
        Assert.Equal(uploads, _backend.Transfers.Uploads);
        Assert.Equal(0, _backend.Transfers.Downloads);
    }

    [Fact]
    public void A_launch_allocates_next_to_nothing()
    {
        using var buffer = _backend.Allocate<float>(64);
        var call = new ActivationForwardCall(buffer.View, buffer.View, 64, Activation.Relu);
        ActivationSpec.Forward.Run(_backend, call);
        _backend.Synchronize();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
        {
            ActivationSpec.Forward.Run(_backend, call);
        }

        // The simulator allocates a task for each launch; ours must not add to it.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 20, 0, 600);
    }

    public void Dispose() => _backend.Dispose();
}
