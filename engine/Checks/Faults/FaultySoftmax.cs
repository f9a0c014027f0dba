using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// Softmax cross-entropy with a mistake, computed on the host. Compare with <see cref="SoftmaxCrossEntropyReference"/>.
/// </summary>
internal sealed class FaultySoftmax(Fault fault) : Loss
{
    private readonly SoftmaxCrossEntropy _right = new();

    public override string Kind => _right.Kind;

    /// <summary>Whether a fault is one of this loss's.</summary>
    public static bool Has(Fault fault) => fault is Fault.NoBatchMean or Fault.SoftmaxNoMax;

    public override int Classes(int outputs) => _right.Classes(outputs);

    public override void ToProbabilities(ReadOnlySpan<float> logits, Span<float> probabilities, int batch) =>
        _right.ToProbabilities(logits, probabilities, batch);

    public override double ComputeReference(double[] logits, byte[] labels) => _right.ComputeReference(logits, labels);

    internal override void Accept(Layer last) => _right.Accept(last);

    protected override void Compute(Backend backend, Tensor logits, BufferView<byte> labels, Tensor dLogits)
    {
        var (batch, classes) = (logits.Rows, logits.Columns);
        var (z, label) = (logits.ToArray(), labels.Slice(0, batch).ToArray());
        var (losses, correct, dz) = (new float[batch], new float[batch], new float[z.Length]);
        SoftmaxCrossEntropyReference.Compute<float>(z, label, dz, losses, correct, batch, classes, 0);
        if (fault == Fault.NoBatchMean)
        {
            dz = Array.ConvertAll(dz, value => value * batch);
        }
        else
        {
            for (var i = 0; i < batch; i++)
            {
                losses[i] = RowWithoutMaximum(z.AsSpan(i * classes, classes), label[i], dz.AsSpan(i * classes, classes), batch);
            }
        }

        dLogits.CopyFrom(dz);
        Losses.CopyFrom(losses);
        Correct.CopyFrom(correct);
    }

    /// <summary>The formula as it stands in books: e^89 is more than a float32 holds.</summary>
    private static float RowWithoutMaximum(ReadOnlySpan<float> z, int label, Span<float> dz, int batch)
    {
        var sum = 0f;
        foreach (var score in z)
        {
            sum += MathF.Exp(score);
        }

        for (var j = 0; j < z.Length; j++)
        {
            dz[j] = ((MathF.Exp(z[j]) / sum) - (j == label ? 1 : 0)) / batch;
        }

        return -MathF.Log(MathF.Exp(z[label]) / sum);
    }
}
