using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// Changes the parameters of a network by their gradients. Its state (momentum, moments) lives on the network's backend, in
/// one buffer for all parameters. Weight decay, where there is any, leaves biases alone: they are few, and shrinking them
/// only underfits (Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 7.1).
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly List<(string Name, DeviceBuffer<float> Buffer)> _state = [];
    private Backend? _backend;
    private ParameterStore? _parameters;
    private DeviceBuffer<float>? _squaredNorm;
    private bool _isDisposed;

    /// <summary>Notes the rate.</summary>
    /// <param name="learningRate">The learning rate, above 0.</param>
    /// <param name="weightDecay">The weight decay, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is out of range.</exception>
    protected Optimizer(float learningRate, float weightDecay)
    {
        if (!(learningRate > 0f) || !float.IsFinite(learningRate))
        {
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "A learning rate must be above 0.");
        }

        if (!(weightDecay >= 0f) || !float.IsFinite(weightDecay))
        {
            throw new ArgumentOutOfRangeException(nameof(weightDecay), weightDecay, "Weight decay must be at least 0.");
        }

        LearningRate = learningRate;
        WeightDecay = weightDecay;
    }

    /// <summary>What it is called on the command line and in files.</summary>
    public abstract string Kind { get; }

    /// <summary>The rate of the next step; schedules change it.</summary>
    public float LearningRate { get; set; }

    /// <summary>How strongly weights are pulled towards zero.</summary>
    public float WeightDecay { get; }

    /// <summary>
    /// The largest Euclidean norm of all gradients together that a step takes: longer ones are shortened to it, before weight
    /// decay is added (Pascanu, Mikolov, Bengio, ICML 2013, algorithm 1). 0 sets no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public float MaxGradientNorm
    {
        get;
        init => field = value >= 0f && float.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The largest gradient norm must be at least 0.");
    }

    /// <summary>Steps taken so far.</summary>
    public long Steps { get; set; }

    /// <summary>The buffers that hold the optimizer's memory, by name; empty until it is attached to a network.</summary>
    public IReadOnlyList<(string Name, DeviceBuffer<float> Buffer)> State => _state;

    /// <summary>The settings in words, for checkpoints: two optimizers that describe themselves alike act alike.</summary>
    public JsonObject Describe()
    {
        var json = new JsonObject { ["type"] = Kind, ["weight_decay"] = WeightDecay };
        if (MaxGradientNorm > 0f)
        {
            json["max_gradient_norm"] = MaxGradientNorm;
        }

        Describe(json);
        return json;
    }

    /// <summary>Gives the state back.</summary>
    public void Dispose()
    {
        foreach (var (_, buffer) in _state)
        {
            buffer.Dispose();
        }

        _state.Clear();
        _squaredNorm?.Dispose();
        _isDisposed = true;
        GC.SuppressFinalize(this);
    }

    /// <summary>Ties the optimizer to a network and allocates its state; does nothing when already tied to it.</summary>
    /// <param name="network">The network whose parameters it will change.</param>
    /// <exception cref="InvalidOperationException">It already belongs to another network.</exception>
    /// <exception cref="ObjectDisposedException">Its state was given back.</exception>
    public void Attach(Network network)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_parameters == network.Store)
        {
            return;
        }

        if (_backend is not null)
        {
            throw new InvalidOperationException("This optimizer already belongs to another network; make a new one.");
        }

        _backend = network.Backend;
        _parameters = network.Store;
        AllocateState();
        if (MaxGradientNorm > 0f)
        {
            _squaredNorm = _backend.Allocate<float>(1);
        }
    }

    /// <summary>Takes one step with the gradients that the last backward pass left.</summary>
    /// <exception cref="InvalidOperationException">It is not attached to a network.</exception>
    /// <exception cref="ObjectDisposedException">Its state was given back.</exception>
    public void Step()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var store = _parameters ?? throw new InvalidOperationException("Attach the optimizer to a network first.");
        Steps++;
        ClipGradients(store);
        var decayed = WeightDecay == 0f ? 0 : store.WeightsLength;
        if (decayed > 0)
        {
            Update(_backend!, store.Values, store.Gradients, 0, decayed, WeightDecay);
        }

        if (decayed < store.Length)
        {
            Update(_backend!, store.Values, store.Gradients, decayed, store.Length - decayed, 0f);
        }
    }

    private void ClipGradients(ParameterStore store)
    {
        if (_squaredNorm is null)
        {
            return;
        }

        // The padding between parameters is zero and adds nothing to the norm.
        SquaredSumSpec.Operation.Run(_backend!, new SquaredSumCall(store.Gradients, _squaredNorm.View, store.Length));
        ClipNormSpec.Operation.Run(
            _backend!, new ClipNormCall(store.Gradients, _squaredNorm.View, store.Length, MaxGradientNorm));
    }

    /// <summary>A share that a step keeps of what it remembers, in [0, 1).</summary>
    /// <param name="value">The share.</param>
    /// <param name="name">What it is called.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    protected static float Share(float value, string name) => value is >= 0f and < 1f
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"An optimizer's {name} must be at least 0 and below 1.");

    /// <summary>Adds the settings of this kind of optimizer.</summary>
    /// <param name="json">Receives them.</param>
    protected abstract void Describe(JsonObject json);

    /// <summary>Allocates state with <see cref="AddState"/>.</summary>
    protected abstract void AllocateState();

    /// <summary>Allocates a buffer of zeros with one value a parameter.</summary>
    /// <param name="name">Its name in checkpoints.</param>
    protected DeviceBuffer<float> AddState(string name)
    {
        var buffer = _backend!.Allocate<float>(_parameters!.Length);
        _state.Add((name, buffer));
        return buffer;
    }

    /// <summary>Updates a run of parameters.</summary>
    /// <param name="backend">Where they live.</param>
    /// <param name="values">All parameters.</param>
    /// <param name="gradients">All gradients.</param>
    /// <param name="start">First of the run.</param>
    /// <param name="count">Length of the run.</param>
    /// <param name="weightDecay">Decay for this run.</param>
    protected abstract void Update(
        Backend backend, BufferView<float> values, BufferView<float> gradients, int start, int count, float weightDecay);
}
