using System.Numerics;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Kernels;

/// <summary>
/// One call of one variant: makes its arguments with values from a seed, and afterwards looks for overrun canaries, changed
/// inputs and wrong
/// results. Outputs are filled with NaN beforehand, so that an element that no kernel wrote is an error.
/// </summary>
internal sealed class Trial(Backend backend, int seed, bool aligned = false) : IDisposable
{
    // Views begin at an odd place, so that a kernel that relies on an alignment which it was not promised is found out; or at an
    // even
    // one, so that kernels which ask for alignment run.
    private readonly int _margin = aligned ? 64 : 37;
    private readonly List<IDisposable> _memory = [];
    private readonly List<Func<string?>> _checks = [];

    /// <summary>Where the values come from.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>A host array of numbers, uniform between two limits.</summary>
    public float[] Numbers(int count, double low = -1, double high = 1) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(low + ((high - low) * Random.NextDouble())))];

    /// <summary>A host array of bytes below a limit.</summary>
    public byte[] Bytes(int count, int limit) => [.. Enumerable.Range(0, count).Select(_ => (byte)Random.Next(limit))];

    /// <summary>An argument that must not change.</summary>
    public BufferView<T> Input<T>(string name, T[] values)
        where T : unmanaged
    {
        var memory = Make(name, values);
        _checks.Add(() => memory.Change(name));
        return memory.View;
    }

    /// <summary>An argument that is overwritten.</summary>
    public BufferView<float> Output(string name, IReadOnlyList<double> expected, IReadOnlyList<double> scale, double tolerance)
    {
        var unwritten = new float[expected.Count];
        Array.Fill(unwritten, float.NaN);
        return Updated(name, unwritten, expected, scale, tolerance);
    }

    /// <summary>An argument that is read and then overwritten.</summary>
    public BufferView<float> Updated(
        string name, float[] before, IReadOnlyList<double> expected, IReadOnlyList<double> scale, double tolerance)
    {
        var memory = Make(name, before);
        _checks.Add(() => Comparison.FirstError(name, expected, scale, memory.Values, tolerance));
        return memory.View;
    }

    /// <summary>An argument that is overwritten with whole numbers, which must be exact.</summary>
    public BufferView<T> Output<T>(string name, T[] expected)
        where T : unmanaged, IBinaryInteger<T>
    {
        // Every one is wrong beforehand.
        var memory = Make(name, Array.ConvertAll(expected, value => ~value));
        _checks.Add(() => Comparison.FirstDifference(name, expected, memory.Values));
        return memory.View;
    }

    /// <summary>A further check of what stands in an argument after the call.</summary>
    /// <param name="view">The argument.</param>
    /// <param name="error">What is wrong with its values, in words; null when nothing is.</param>
    public void Check(BufferView<float> view, Func<float[], string?> error) => _checks.Add(() => error(view.ToArray()));

    /// <summary>The first thing that is wrong after the call; null when all is well.</summary>
    public string? FirstError() => _checks.Select(check => check()).FirstOrDefault(error => error is not null);

    public void Dispose() => _memory.ForEach(memory => memory.Dispose());

    private Guarded<T> Make<T>(string name, T[] values)
        where T : unmanaged
    {
        var memory = new Guarded<T>(backend, values, _margin);
        _memory.Add(memory);
        _checks.Add(() => memory.Overrun(name));
        return memory;
    }
}
