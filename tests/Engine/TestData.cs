using ScratchNet.Engine;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Engine;

/// <summary>Repeatable numbers for tests, drawn with the engine's own generator.</summary>
internal static class TestData
{
    /// <summary>Values uniform in ±1.</summary>
    public static float[] Uniform(int count, int stream)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (2f * Philox.ToUnit(Philox.At(99, RandomPurpose.Split, stream, 0, (ulong)i).X)) - 1f;
        }

        return values;
    }

    /// <summary>Labels from 0 to classes - 1.</summary>
    public static byte[] Labels(int count, int classes, int stream)
    {
        var labels = new byte[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)(Philox.At(99, RandomPurpose.Split, stream, 1, (ulong)i).X % (uint)classes);
        }

        return labels;
    }

    /// <summary>Uploads labels; the caller disposes the buffer.</summary>
    public static DeviceBuffer<byte> Upload(Backend backend, byte[] labels)
    {
        var buffer = backend.Allocate<byte>(labels.Length);
        buffer.CopyFrom(labels);
        return buffer;
    }

    /// <summary>Uploads samples; the caller disposes the buffer behind the tensor.</summary>
    public static Tensor Upload(Backend backend, float[] x, int rows)
    {
        var tensor = Tensor.Allocate(backend, rows, x.Length / rows);
        tensor.CopyFrom(x);
        return tensor;
    }
}
