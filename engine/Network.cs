using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// Layers in a row, ended by a loss. All of its memory is planned once for the largest batch; a training step allocates
/// nothing and copies nothing between host and device.
/// </summary>
public sealed class Network : IDisposable
{
    private bool _isDisposed;

    /// <summary>Builds a network and draws its first weights.</summary>
    /// <param name="backend">Where it lives; not disposed with the network.</param>
    /// <param name="inputs">Features of a sample.</param>
    /// <param name="layers">The layers, first to last; each belongs to this network from now on.</param>
    /// <param name="loss">What training makes small; belongs to this network from now on.</param>
    /// <param name="seed">Decides the first weights and the dropout masks.</param>
    /// <exception cref="ShapeException">Sizes do not fit; the message names the layer.</exception>
    /// <exception cref="InvalidOperationException">A layer or the loss already belongs to a network.</exception>
    public Network(Backend backend, int inputs, IReadOnlyList<Layer> layers, Loss loss, ulong seed = 1)
        : this(backend, inputs, layers, loss ?? throw new ArgumentNullException(nameof(loss)), seed, null)
    {
    }

    /// <summary>Builds a network with weights that were saved; every one is looked up before any memory is allocated.</summary>
    internal Network(
        Backend backend, int inputs, IReadOnlyList<Layer> layers, Loss loss, ulong seed, Func<Parameter, float[]>? saved)
        : this(backend, inputs, layers, loss, seed, inputGradients: false, saved)
    {
    }

    /// <summary>
    /// Builds layers that may lack a loss and may be asked for the gradient of their input, for gradient checks.
    /// </summary>
    internal Network(Backend backend, int inputs, IReadOnlyList<Layer> layers, Loss? loss, ulong seed, bool inputGradients,
        Func<Parameter, float[]>? saved = null)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(layers);
        if (inputs < 1 || layers.Count == 0)
        {
            throw new ShapeException(
                $"A network needs at least one input and one layer; it was given {inputs} and {layers.Count}.");
        }

        Backend = backend;
        Inputs = inputs;
        Layers = layers;
        Seed = seed;
        Loss = loss!;
        var features = inputs;
        for (var i = 0; i < layers.Count; i++)
        {
            layers[i].Build(
                i, features, needsInputGradient: inputGradients || layers.Take(i).Any(layer => layer.Parameters.Count > 0));
            features = layers[i].Outputs;
        }

        // Dropout behind the last layer changes nothing of what its outputs mean.
        loss?.Join(layers.LastOrDefault(layer => layer is not Dropout) ?? layers[^1]);
        Parameters = [.. layers.SelectMany(layer => layer.Parameters)];
        var values = saved is null ? null : Parameters.Select(saved).ToArray();
        Store = new ParameterStore(backend, Parameters);
        Store.Fill((i, span) =>
        {
            if (values is null)
            {
                Parameters[i].Initialize(span, seed, stream: i);
            }
            else
            {
                values[i].CopyTo(span);
            }
        });
    }

    /// <summary>Where the network lives.</summary>
    public Backend Backend { get; }

    /// <summary>Features of a sample.</summary>
    public int Inputs { get; }

    /// <summary>Values that the last layer gives for a sample.</summary>
    public int Outputs => Layers[^1].Outputs;

    /// <summary>Number of classes it tells apart.</summary>
    public int Classes => Loss.Classes(Outputs);

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>What training makes small.</summary>
    public Loss Loss { get; }

    /// <summary>Decides the first weights and the dropout masks.</summary>
    public ulong Seed { get; }

    /// <summary>Everything that training changes, layer by layer.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Number of trainable values.</summary>
    public long ParameterCount => Parameters.Sum(parameter => (long)parameter.Count);

    /// <summary>The largest batch whose outputs memory is planned for; 0 before the first plan.</summary>
    public int PlannedBatch { get; private set; }

    /// <summary>The largest batch that memory is planned for to learn from.</summary>
    public int PlannedTrainingBatch { get; private set; }

    /// <summary>Bytes on the device for weights and their gradients.</summary>
    public long ParameterBytes => 2L * sizeof(float) * Store.Length;

    /// <summary>Bytes on the device for activations and their gradients, for the planned batches.</summary>
    public long PlannedBytes => PlannedBatch == 0 ? 0 : Layers.Sum(layer => layer.PlannedBytes) + Loss.PlannedBytes;

    internal ParameterStore Store { get; }

    /// <summary>Makes room for batches up to a size; does nothing when there is room already.</summary>
    /// <param name="batch">Largest batch, at least 1.</param>
    /// <exception cref="DeviceMemoryException">The device has not enough memory.</exception>
    public void Plan(int batch) => Plan(batch, batch);

    /// <summary>
    /// Makes room for batches up to a size, of which fewer rows may be learnt from: what only answers needs no gradients. Does
    /// nothing when there is room already.
    /// </summary>
    /// <param name="batch">Largest batch, at least 1.</param>
    /// <param name="trainingBatch">Largest batch to learn from, at most <paramref name="batch"/>; 0 for none.</param>
    /// <exception cref="DeviceMemoryException">The device has not enough memory.</exception>
    public void Plan(int batch, int trainingBatch)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(trainingBatch, batch);
        if (batch > PlannedBatch)
        {
            PlannedBatch = 0;
            foreach (var layer in Layers)
            {
                layer.PlanOutputs(Backend, batch);
            }

            Loss?.Plan(Backend, batch, Outputs);
            PlannedBatch = batch;
        }

        if (trainingBatch > PlannedTrainingBatch)
        {
            PlannedTrainingBatch = 0;
            foreach (var layer in Layers)
            {
                layer.PlanTraining(Backend, trainingBatch);
            }

            PlannedTrainingBatch = trainingBatch;
        }
    }

    /// <summary>Runs all layers on a batch.</summary>
    /// <param name="x">Samples, batch x <see cref="Inputs"/>; must not change before the backward pass.</param>
    /// <param name="training">Whether dropout drops.</param>
    /// <param name="step">The training step, which dropout masks depend on.</param>
    /// <returns>The last layer's outputs, batch x <see cref="Outputs"/>: scores, not yet probabilities.</returns>
    /// <exception cref="ShapeException">A sample has another number of features.</exception>
    public Tensor Forward(Tensor x, bool training = false, long step = 0)
    {
        Plan(x.Rows, training ? x.Rows : 0);
        var pass = new Pass(training, Seed, (uint)step);
        var y = x;
        for (var i = 0; i < Layers.Count; i++)
        {
            y = Layers[i].Forward(Backend, y, pass);
        }

        return y;
    }

    /// <summary>Carries a gradient back through all layers; leaves each parameter's gradient in it.</summary>
    /// <param name="dy">Gradient with respect to the outputs of the last forward pass; may be overwritten.</param>
    /// <returns>Gradient with respect to the inputs, where the network was built to need it.</returns>
    public Tensor Backward(Tensor dy)
    {
        Plan(PlannedBatch, dy.Rows);
        for (var i = Layers.Count - 1; i >= 0 && dy.View.Buffer is not null; i--)
        {
            dy = Layers[i].Backward(Backend, dy);
        }

        return dy;
    }

    /// <summary>One training step: forward, loss, backward, and the optimizer's update.</summary>
    /// <param name="x">Samples, batch x <see cref="Inputs"/>.</param>
    /// <param name="labels">The right class of each, below <see cref="Classes"/>, which nobody checks on a device.</param>
    /// <param name="optimizer">Changes the parameters.</param>
    /// <param name="metrics">Receives the batch's loss and hits, on the device, when given.</param>
    /// <param name="clock">Measures the phases, when given.</param>
    public void TrainStep(
        Tensor x, BufferView<byte> labels, Optimizer optimizer, RunningMetrics? metrics, StepClock? clock = null)
    {
        optimizer.Attach(this);
        var step = optimizer.Steps + 1;
        var logits = Forward(x, training: true, step);
        var dLogits = Loss.Compute(Backend, logits, labels);
        metrics?.Add(Loss, x.Rows, step);
        clock?.Mark(StepPhase.Forward);
        Backward(dLogits);
        clock?.Mark(StepPhase.Backward);
        optimizer.Step();
        clock?.Mark(StepPhase.Update);
    }

    /// <summary>Adds a batch's loss and hits to metrics without learning from it.</summary>
    /// <param name="x">Samples, batch x <see cref="Inputs"/>.</param>
    /// <param name="labels">The right class of each, below <see cref="Classes"/>, which nobody checks on a device.</param>
    /// <param name="metrics">Receives loss and hits, on the device, when given.</param>
    /// <param name="step">The training step that it is part of, which metrics name when the loss is not finite.</param>
    /// <returns>The scores, batch x <see cref="Outputs"/>.</returns>
    public Tensor EvaluateStep(Tensor x, BufferView<byte> labels, RunningMetrics? metrics, long step = 1)
    {
        var logits = Forward(x);
        Loss.Compute(Backend, logits, labels);
        metrics?.Add(Loss, x.Rows, step);
        return logits;
    }

    /// <summary>Probabilities for samples that stand on the host.</summary>
    /// <param name="x">Samples one after another, each of <see cref="Inputs"/> values as the network was trained on.</param>
    /// <returns>Samples x <see cref="Outputs"/>: the probability of each class, or of class 1 for a binary network.</returns>
    /// <exception cref="ShapeException">The number of values is not a multiple of <see cref="Inputs"/>.</exception>
    public float[] Predict(ReadOnlySpan<float> x)
    {
        if (x.Length == 0 || x.Length % Inputs != 0)
        {
            throw new ShapeException($"Samples have {Inputs} values each, but {x.Length} values were given.");
        }

        var samples = x.Length / Inputs;
        var rows = Math.Min(samples, Math.Max(PlannedBatch, 256));
        var probabilities = new float[samples * Outputs];
        var logits = new float[rows * Outputs];
        var input = Tensor.Allocate(Backend, rows, Inputs);
        for (var start = 0; start < samples; start += rows)
        {
            var count = Math.Min(rows, samples - start);
            var batch = input.FirstRows(count);
            batch.CopyFrom(x.Slice(start * Inputs, count * Inputs));
            Forward(batch).View.CopyTo(logits.AsSpan(0, count * Outputs));
            Loss.ToProbabilities(
                logits.AsSpan(0, count * Outputs), probabilities.AsSpan(start * Outputs, count * Outputs), count);
        }

        input.View.Buffer.Dispose();
        return probabilities;
    }

    /// <summary>Length of the array that <see cref="CopyWeights()"/> gives.</summary>
    public int WeightsLength => Store.Length;

    /// <summary>All weights and biases in one array (a download), in an order of the network's own.</summary>
    public float[] CopyWeights()
    {
        var weights = new float[Store.Length];
        CopyWeights(weights);
        return weights;
    }

    /// <summary>Fills an array made by <see cref="CopyWeights()"/> with the present weights and biases (a download).</summary>
    /// <param name="weights">Receives them.</param>
    public void CopyWeights(float[] weights) => Store.Values.CopyTo(weights);

    /// <summary>Puts weights back that <see cref="CopyWeights()"/> gave (an upload).</summary>
    /// <param name="weights">The weights.</param>
    /// <exception cref="ShapeException">They belong to another network.</exception>
    public void SetWeights(float[] weights)
    {
        if (weights.Length != Store.Length)
        {
            throw new ShapeException($"{weights.Length} weights were given to a network that has {Store.Length}.");
        }

        Store.Values.CopyFrom(weights);
    }

    /// <summary>Gives all memory of the network back; the backend stays.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        foreach (var layer in Layers)
        {
            layer.Release();
        }

        Loss?.Release();
        Store.Dispose();
    }
}
