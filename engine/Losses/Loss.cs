using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// What training makes small: the mean over the batch of a function of the network's last values (logits) and the labels.
/// A loss includes the last nonlinearity (softmax or sigmoid), because together they are exact where apart they are not.
/// </summary>
public abstract class Loss
{
    private Tensor _dLogits;
    private DeviceBuffer<float>? _losses;
    private DeviceBuffer<float>? _correct;
    private bool _belongs;

    /// <summary>What model files call it.</summary>
    public abstract string Kind { get; }

    /// <summary>The loss of each row of the last batch.</summary>
    public BufferView<float> Losses => _losses!.View;

    /// <summary>1 for each row of the last batch that was classified rightly, else 0.</summary>
    public BufferView<float> Correct => _correct!.View;

    /// <summary>Bytes that a plan for this batch size holds.</summary>
    public long PlannedBytes => sizeof(float) * ((long)_dLogits.Count + (2L * _dLogits.Rows));

    /// <summary>Number of classes that a network with so many outputs tells apart.</summary>
    /// <param name="outputs">Outputs of the last layer.</param>
    public abstract int Classes(int outputs);

    /// <summary>Computes the losses of a batch, and the gradient of their mean.</summary>
    /// <param name="backend">Where everything lives.</param>
    /// <param name="logits">The network's last values, batch x outputs.</param>
    /// <param name="labels">The right class of each row.</param>
    /// <returns>The gradient with respect to the logits, batch x outputs, in memory of the loss's own.</returns>
    public Tensor Compute(Backend backend, Tensor logits, BufferView<byte> labels)
    {
        var dLogits = _dLogits.FirstRows(logits.Rows);
        Compute(backend, logits, labels, dLogits);
        return dLogits;
    }

    /// <summary>Turns logits into probabilities, on the host, in double precision inside.</summary>
    /// <param name="logits">batch x outputs.</param>
    /// <param name="probabilities">batch x outputs: of each class, or of class 1 for a binary network.</param>
    /// <param name="batch">Rows.</param>
    public abstract void ToProbabilities(ReadOnlySpan<float> logits, Span<float> probabilities, int batch);

    /// <summary>The mean loss in double precision through the plain reference loops, for gradient checks.</summary>
    /// <param name="logits">batch x outputs.</param>
    /// <param name="labels">The right class of each row.</param>
    public abstract double ComputeReference(double[] logits, byte[] labels);

    /// <summary>Checks that a network can end in this loss, and tells its last layer what the loss does for it.</summary>
    /// <param name="last">The network's last layer.</param>
    /// <exception cref="ShapeException">The number of outputs or the last activation does not suit this loss.</exception>
    internal abstract void Accept(Layer last);

    /// <summary>Makes this the loss of a network: its memory is planned for one alone.</summary>
    /// <param name="last">The network's last layer.</param>
    /// <exception cref="ShapeException">The number of outputs or the last activation does not suit this loss.</exception>
    /// <exception cref="InvalidOperationException">It already belongs to another network.</exception>
    internal void Join(Layer last)
    {
        if (_belongs)
        {
            throw new InvalidOperationException($"This loss ({Kind}) already belongs to a network; make a new one.");
        }

        Accept(last);
        _belongs = true;
    }

    internal void Plan(Backend backend, int batch, int outputs)
    {
        Release();
        _dLogits = Tensor.Allocate(backend, batch, outputs);
        _losses = backend.Allocate<float>(batch);
        _correct = backend.Allocate<float>(batch);
        PlanMore(backend);
    }

    internal void Release()
    {
        _dLogits.View.Buffer?.Dispose();
        _losses?.Dispose();
        _correct?.Dispose();
        ReleaseMore();
    }

    /// <summary>Writes what <see cref="LossFormat"/> needs to make this loss again.</summary>
    /// <param name="json">Receives the settings.</param>
    protected internal virtual void Describe(JsonObject json)
    {
    }

    /// <summary>Allocates whatever else the loss needs.</summary>
    /// <param name="backend">Where to allocate.</param>
    protected virtual void PlanMore(Backend backend)
    {
    }

    /// <summary>Disposes what <see cref="PlanMore"/> allocated.</summary>
    protected virtual void ReleaseMore()
    {
    }

    /// <summary>Runs the loss's operation.</summary>
    /// <param name="backend">Where everything lives.</param>
    /// <param name="logits">batch x outputs.</param>
    /// <param name="labels">The right class of each row.</param>
    /// <param name="dLogits">Receives the gradient.</param>
    protected abstract void Compute(Backend backend, Tensor logits, BufferView<byte> labels, Tensor dLogits);
}
