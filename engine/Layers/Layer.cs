using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>What a layer is told about the pass it takes part in.</summary>
/// <param name="Training">Whether this is training: dropout drops only then.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Step">The training step, from 1; 0 outside training.</param>
public readonly record struct Pass(bool Training, ulong Seed, uint Step);

/// <summary>
/// One step of a network: <see cref="Forward"/> turns inputs into outputs, <see cref="Backward"/> turns the gradient with
/// respect to the outputs into that with respect to the inputs and leaves the gradients of its parameters in them.
/// </summary>
public abstract class Layer
{
    private readonly List<Parameter> _parameters = [];
    private Tensor _output;
    private Tensor _inputGradient;

    /// <summary>What kind of layer this is, as model files call it, such as <c>dense</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Its place in the network, from 0; -1 while it belongs to none.</summary>
    public int Index { get; private set; } = -1;

    /// <summary>Features of a row that comes in.</summary>
    public int Inputs { get; private set; }

    /// <summary>Features of a row that goes out.</summary>
    public int Outputs { get; private set; }

    /// <summary>What training changes in this layer.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Number of trainable values.</summary>
    public long ParameterCount => _parameters.Sum(parameter => (long)parameter.Count);

    /// <summary>Bytes of activations and gradients that are planned.</summary>
    public virtual long PlannedBytes => sizeof(float) * ((long)_output.Count + _inputGradient.Count);

    /// <summary>The layer in words, for messages and summaries, such as <c>dense 784 -> 128, relu</c>.</summary>
    public virtual string Description => $"{Kind} {Inputs} -> {Outputs}";

    /// <summary>Whether the layer before wants a gradient: nothing before the first one learns.</summary>
    protected bool NeedsInputGradient { get; private set; }

    /// <summary>Computes the outputs.</summary>
    /// <param name="backend">Where the tensors live.</param>
    /// <param name="x">Inputs, batch x <see cref="Inputs"/>. Kept until the backward pass: must not change before it.</param>
    /// <param name="pass">What kind of pass this is.</param>
    /// <returns>
    /// Outputs, batch x <see cref="Outputs"/>, in memory of this layer's own; where it changes nothing, <paramref name="x"/>.
    /// </returns>
    public abstract Tensor Forward(Backend backend, Tensor x, in Pass pass);

    /// <summary>Computes gradients for the batch of the last forward pass.</summary>
    /// <param name="backend">Where the tensors live.</param>
    /// <param name="dy">Gradient with respect to the outputs, batch x <see cref="Outputs"/>; may be overwritten.</param>
    /// <returns>
    /// Gradient with respect to the inputs, batch x <see cref="Inputs"/>; a default tensor when nobody needs it.
    /// </returns>
    public abstract Tensor Backward(Backend backend, Tensor dy);

    /// <summary>
    /// The forward pass in double precision through the plain reference loops: what gradient checks differentiate numerically.
    /// </summary>
    /// <param name="x">Inputs, batch x <see cref="Inputs"/>.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="parameters">Values of <see cref="Parameters"/>, in their order.</param>
    /// <param name="pass">The pass to imitate.</param>
    /// <returns>Outputs, batch x <see cref="Outputs"/>.</returns>
    public abstract double[] ForwardReference(double[] x, int batch, IReadOnlyList<double[]> parameters, in Pass pass);

    /// <summary>Writes what <see cref="LayerFormat"/> needs to make this layer again.</summary>
    /// <param name="json">Receives the settings.</param>
    protected internal abstract void Describe(JsonObject json);

    internal void Build(int index, int inputs, bool needsInputGradient)
    {
        if (Index >= 0)
        {
            throw new InvalidOperationException($"Layer {index} ({Description}) already belongs to a network; make a new one.");
        }

        Index = index;
        Inputs = inputs;
        NeedsInputGradient = needsInputGradient;
        Outputs = Declare(inputs);
        foreach (var parameter in _parameters)
        {
            parameter.Name = $"layers.{index}.{parameter.Name}";
        }
    }

    /// <summary>Makes room for the outputs of a batch.</summary>
    internal void PlanOutputs(Backend backend, int batch)
    {
        if (!IsForTrainingOnly)
        {
            Reallocate(ref _output, backend, batch, Outputs);
        }
    }

    /// <summary>Makes room for all else that it takes to learn from a batch.</summary>
    internal void PlanTraining(Backend backend, int batch)
    {
        if (IsForTrainingOnly)
        {
            Reallocate(ref _output, backend, batch, Outputs);
        }

        if (NeedsInputGradient)
        {
            Reallocate(ref _inputGradient, backend, batch, Inputs);
        }

        PlanMoreTraining(backend, batch);
    }

    internal void Release()
    {
        Free(ref _output);
        Free(ref _inputGradient);
        ReleaseMore();
    }

    /// <summary>Declares parameters for a number of inputs and returns the number of outputs.</summary>
    /// <param name="inputs">Features of a row that comes in.</param>
    protected abstract int Declare(int inputs);

    /// <summary>Whether rows pass through untouched except in training, so that outputs need memory only there.</summary>
    protected virtual bool IsForTrainingOnly => false;

    /// <summary>Allocates whatever else the layer needs to learn, in place of what it had.</summary>
    /// <param name="backend">Where to allocate.</param>
    /// <param name="batch">Largest batch.</param>
    protected virtual void PlanMoreTraining(Backend backend, int batch)
    {
    }

    /// <summary>Disposes what <see cref="PlanMoreTraining"/> allocated.</summary>
    protected virtual void ReleaseMore()
    {
    }

    /// <summary>Gives a tensor's memory back, then allocates another in its place: there need not be room for both.</summary>
    /// <param name="tensor">The tensor; it may have no memory yet.</param>
    /// <param name="backend">Where to allocate.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    protected static void Reallocate(ref Tensor tensor, Backend backend, int rows, int columns)
    {
        Free(ref tensor);
        tensor = Tensor.Allocate(backend, rows, columns);
    }

    /// <summary>Gives a tensor's memory back, if it has any.</summary>
    /// <param name="tensor">The tensor; empty afterwards.</param>
    protected static void Free(ref Tensor tensor)
    {
        tensor.View.Buffer?.Dispose();
        tensor = default;
    }

    /// <summary>Declares a parameter; called from <see cref="Declare"/>.</summary>
    /// <param name="name">Its name within the layer.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="initializer">How its values begin.</param>
    /// <param name="isBias">Whether it is a bias, which weight decay leaves alone.</param>
    protected Parameter AddParameter(string name, int rows, int columns, Initializer initializer, bool isBias = false)
    {
        var parameter = new Parameter(name, rows, columns, initializer, isBias);
        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>This layer's memory for the outputs of a batch.</summary>
    /// <param name="batch">Rows.</param>
    protected Tensor Output(int batch) => _output.FirstRows(batch);

    /// <summary>This layer's memory for the input gradients of a batch.</summary>
    /// <param name="batch">Rows.</param>
    protected Tensor InputGradient(int batch) => _inputGradient.FirstRows(batch);

    /// <summary>Throws unless a tensor has the columns that this layer expects.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="columns">What it must have.</param>
    /// <param name="what">What the tensor is, for the message.</param>
    /// <exception cref="ShapeException">It has not.</exception>
    protected void Expect(Tensor tensor, int columns, string what)
    {
        if (tensor.Columns != columns)
        {
            throw new ShapeException(
                $"layer {Index} ({Description}): {what} is {tensor.Shape} but must be {tensor.Rows}x{columns}.");
        }
    }
}
