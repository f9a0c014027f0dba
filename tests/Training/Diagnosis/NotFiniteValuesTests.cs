using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training.Diagnosis;
using Xunit;

namespace ScratchNet.Tests.Training.Diagnosis;

/// <summary>One value among many that is no finite number is found wherever it stands, and nothing else is taken for
/// one.</summary>
public class NotFiniteValuesTests
{
    private const int Rows = 3;
    private const int Columns = 50_000;

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void ItIsFoundInEveryPart(float value)
    {
        using var backend = new CpuBackend(1);
        var tensor = Tensor.Allocate(backend, Rows, Columns);
        var values = new float[tensor.Count];
        Array.Fill(values, float.MaxValue);
        values[7] = float.MinValue;
        values[8] = float.Epsilon;
        values[9] = -float.Epsilon;
        tensor.CopyFrom(values);
        Assert.True(NotFiniteSearch.IsFinite(tensor));
        foreach (var place in new[] { 0, 1, 65_535, 65_536, 131_072, values.Length - 1 })
        {
            var before = values[place];
            values[place] = value;
            tensor.CopyFrom(values);
            Assert.False(NotFiniteSearch.IsFinite(tensor), $"not seen at {place}");
            values[place] = before;
        }

        // All bits set, and the sign of the smallest of the numbers that are none.
        Assert.False(NotFiniteSearch.IsFinite([1f, BitConverter.UInt32BitsToSingle(0xFFFFFFFF)]));
        Assert.False(NotFiniteSearch.IsFinite([BitConverter.UInt32BitsToSingle(0xFF800001), 1f]));
        tensor.View.Buffer.Dispose();
    }
}
