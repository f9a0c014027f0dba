using System.Runtime.InteropServices;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Kernels;

/// <summary>
/// Device memory for one argument: the values stand in the middle of a larger buffer, between canaries that no kernel may touch.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed class Guarded<T> : IDisposable
    where T : unmanaged
{
    private readonly DeviceBuffer<T> _buffer;
    private readonly T[] _before;
    private readonly T _canary;
    private readonly int _margin;

    public Guarded(Backend backend, ReadOnlySpan<T> values, int margin)
    {
        _margin = margin;
        _canary = Canary();
        _before = new T[values.Length + (2 * margin)];
        Array.Fill(_before, _canary);
        values.CopyTo(_before.AsSpan(margin));
        _buffer = backend.Allocate<T>(_before.Length);
        _buffer.CopyFrom(_before);
        View = _buffer.View.Slice(margin, values.Length);
    }

    /// <summary>What a call is given.</summary>
    public BufferView<T> View { get; }

    /// <summary>The values as they are now.</summary>
    public T[] Values => View.ToArray();

    /// <summary>Where memory beside the values was written, in words; null when it was not.</summary>
    public string? Overrun(string name)
    {
        var now = _buffer.View.ToArray();
        for (var i = 0; i < now.Length; i++)
        {
            var inside = i >= _margin && i < now.Length - _margin;
            if (!inside && !now[i].Equals(_canary))
            {
                return $"{name}: the canary at {i - _margin} of {View.Length} was overwritten with {now[i]}";
            }
        }

        return null;
    }

    /// <summary>Where the values were changed, in words; null when they were not.</summary>
    public string? Change(string name) =>
        Comparison.FirstDifference($"input {name}", _before[_margin..^_margin], Values);

    public void Dispose() => _buffer.Dispose();

    private static T Canary()
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Fill(0xA7);
        return MemoryMarshal.Read<T>(bytes);
    }
}
