using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// All parameters of a network in one buffer, and all gradients in another, weights first and biases last: an optimizer
/// steps over the whole network in one call, or in two when it decays weights only.
/// </summary>
internal sealed class ParameterStore : IDisposable
{
    /// <summary>Every parameter begins at a multiple of this many floats: 64 bytes, one cache line.</summary>
    private const int Alignment = 16;

    /// <summary>Fills the values of one parameter.</summary>
    public delegate void Filler(int parameter, Span<float> values);

    private readonly Dictionary<Parameter, int> _offsets = [];
    private readonly DeviceBuffer<float> _gradients;
    private DeviceBuffer<float> _values;

    public ParameterStore(Backend backend, IReadOnlyList<Parameter> parameters)
    {
        Parameters = parameters;
        var total = 0L;
        foreach (var parameter in parameters.OrderBy(parameter => parameter.IsBias))
        {
            _offsets[parameter] = (int)total;
            total += (parameter.Count + Alignment - 1L) / Alignment * Alignment;
            if (total > Array.MaxLength)
            {
                throw new ShapeException($"The network has more than {Array.MaxLength:N0} parameters; "
                    + $"{parameter.Name} ({parameter.Rows}x{parameter.Columns}) is the first that no longer fits.");
            }

            WeightsLength = parameter.IsBias ? WeightsLength : (int)total;
        }

        // A network without parameters still has one (padded, untouched) element, so that every buffer exists.
        Length = Math.Max((int)total, 1);
        _values = backend.Allocate<float>(Length);
        _gradients = backend.Allocate<float>(Length);
        Bind();
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Length of both buffers, padding included; the padding is zero and stays so.</summary>
    public int Length { get; }

    /// <summary>Where the biases begin, or would.</summary>
    public int WeightsLength { get; }

    public BufferView<float> Values => _values.View;

    public BufferView<float> Gradients => _gradients.View;

    /// <summary>Lets a function fill every parameter on the host, and uploads them all in one copy.</summary>
    public void Fill(Filler filler)
    {
        var host = new float[Length];
        for (var i = 0; i < Parameters.Count; i++)
        {
            filler(i, host.AsSpan(Parameters[i].Values.View.Offset, Parameters[i].Count));
        }

        _values.CopyFrom(host);
    }

    /// <summary>
    /// Puts another buffer of <see cref="Length"/> values in the place of the parameters' own; nothing is copied.
    /// </summary>
    /// <returns>The buffer that was there; whoever asked for it disposes it.</returns>
    public DeviceBuffer<float> Exchange(DeviceBuffer<float> values)
    {
        var before = _values;
        _values = values;
        Bind();
        return before;
    }

    public void Dispose()
    {
        _values.Dispose();
        _gradients.Dispose();
    }

    private void Bind()
    {
        foreach (var (parameter, offset) in _offsets)
        {
            parameter.Bind(_values.View.Slice(offset, parameter.Count), _gradients.View.Slice(offset, parameter.Count));
        }
    }
}
