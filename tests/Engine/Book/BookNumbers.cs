using System.Globalization;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Images;

namespace ScratchNet.Tests.Engine.Book;

/// <summary>The numbers of the page's example, computed by the engine, under the names that the page gives them.</summary>
internal static class BookNumbers
{
    private const int Input = 1;
    private const int Neuron = 0;

    private static string Example => Path.Combine(BookPage.Folder, "Example");

    /// <summary>The example's model; the caller disposes it.</summary>
    public static TrainedModel Load(Backend backend) => TrainedModel.Load(backend, Path.Combine(Example, "model.safetensors"));

    /// <summary>A picture as the network gets it, and its class.</summary>
    public static (float[] X, byte Label) Picture(TrainedModel model, string name)
    {
        var path = Path.Combine(Example, name + ".png");
        var pixels = PreparationOf.Picture(PictureFile.Read(path), model.Format, path);
        return (model.Format.Convert(pixels), (byte)model.ClassNames.ToList().IndexOf(name));
    }

    /// <summary>The numbers that a box of text is about.</summary>
    public static Dictionary<string, double> Of(string tag)
    {
        using var backend = new CpuBackend(1);
        using var model = Load(backend);
        return tag switch
        {
            "brightens" => OfSample(model, tag),
            "both" => OfBatch(model),
            "nudged" => OfNudges(model),
            "sgd" => OfDescent(model),
            "uncorrected" => OfUncorrectedAdam(model.Network),
            _ => throw new ArgumentException($"the page has a text about '{tag}', which is not known here"),
        };
    }

    private static Dictionary<string, double> OfSample(TrainedModel model, string name)
    {
        var (x, label) = Picture(model, name);
        using var optimizer = new Adam();
        var trace = StepTrace.Run(model.Network, optimizer, x, label);
        var first = trace.Sample.Layers[0];
        var numbers = new Dictionary<string, double> { ["L"] = trace.Sample.Loss };
        Add(numbers, "p", trace.Probabilities);
        Add(numbers, "z", trace.Z[0]);
        Add(numbers, "y", first.Y);
        Add(numbers, "dz", first.Dz);
        Add(numbers, "db", first.Dz);
        AddRows(numbers, "dw", first.Dw, first.Y.Length);
        for (var j = 0; j < first.Y.Length; j++)
        {
            numbers[$"f'(z[{j}])"] = ActivationReference.Gradient(first.Y[j], 1f, Activation.Tanh);
        }

        return numbers;
    }

    private static Dictionary<string, double> OfBatch(TrainedModel model)
    {
        var (network, backend) = (model.Network, model.Network.Backend);
        var pictures = new[] { Picture(model, "brightens"), Picture(model, "darkens") };
        using var labels = TestData.Upload(backend, [.. pictures.Select(picture => picture.Label)]);
        var x = TestData.Upload(backend, [.. pictures.SelectMany(picture => picture.X)], pictures.Length);
        network.Backward(network.Loss.Compute(backend, network.Forward(x), labels.View));
        var numbers = new Dictionary<string, double> { ["L"] = network.Loss.Losses.ToArray().Average() };
        var layer = (Dense)network.Layers[0];
        AddRows(numbers, "dw", layer.Weights.Gradients.ToArray(), layer.Outputs);
        Add(numbers, "db", layer.Bias.Gradients.ToArray());
        x.View.Buffer.Dispose();

        // A layer's dz overwrites its dy and is gone after the pass: each row's is that of its picture alone, by the batch.
        var dz = pictures.SelectMany(picture => SampleTrace.OfLoss(network, picture.X, picture.Label).Layers[0].Dz);
        AddRows(numbers, "dz", [.. dz.Select(value => value / pictures.Length)], layer.Outputs);
        return numbers;
    }

    /// <summary>The loss in double precision with one weight changed, and the slopes that follow.</summary>
    private static Dictionary<string, double> OfNudges(TrainedModel model)
    {
        var (x, label) = Picture(model, "brightens");
        var layers = model.Network.Layers;
        double LossAt(double weight)
        {
            var y = ToDouble(x);
            foreach (var layer in layers)
            {
                double[][] parameters = [.. layer.Parameters.Select(parameter => ToDouble(parameter.Values.ToArray()))];
                if (layer == layers[0])
                {
                    parameters[0][(Input * layer.Outputs) + Neuron] = weight;
                }

                y = layer.ForwardReference(y, 1, parameters, default);
            }

            return model.Network.Loss.ComputeReference(y, [label]);
        }

        double Slope(double h) => (LossAt(0.5 + h) - LossAt(0.5 - h)) / (2 * h);
        return new()
        {
            ["L(0.51)"] = LossAt(0.51),
            ["L(0.49)"] = LossAt(0.49),
            ["slope"] = Slope(0.01),
            ["h=0.1"] = Slope(0.1),
            ["h=0.01"] = Slope(0.01),
            ["h=0.001"] = Slope(0.001),
        };
    }

    private static Dictionary<string, double> OfDescent(TrainedModel model)
    {
        var (x, label) = Picture(model, "brightens");
        using var optimizer = new Sgd(0.1f);
        var trace = StepTrace.Run(model.Network, optimizer, x, label);
        var weights = model.Network.Parameters[0];
        return new() { [$"w[{Input},{Neuron}]"] = trace.Of(weights, (Input * weights.Columns) + Neuron).After };
    }

    /// <summary>Steps over rate of an Adam without bias correction whose gradient is always 1.</summary>
    private static Dictionary<string, double> OfUncorrectedAdam(Network network)
    {
        const float Rate = 0.001f;
        using var optimizer = new FaultyAdam(Rate);
        optimizer.Attach(network);
        var weights = network.Parameters[0];
        weights.Gradients.CopyFrom([.. Enumerable.Repeat(1f, weights.Count)]);
        var numbers = new Dictionary<string, double>();
        for (var t = 1; t <= 1000; t++)
        {
            var before = weights.Values.ToArray()[0];
            optimizer.Step();
            numbers[$"t={t}"] = (before - weights.Values.ToArray()[0]) / Rate;
        }

        return numbers;
    }

    private static double[] ToDouble(float[] values) => Array.ConvertAll(values, value => (double)value);

    private static void Add(Dictionary<string, double> numbers, string name, float[] values)
    {
        for (var j = 0; j < values.Length; j++)
        {
            numbers[string.Create(CultureInfo.InvariantCulture, $"{name}[{j}]")] = values[j];
        }
    }

    private static void AddRows(Dictionary<string, double> numbers, string name, float[] values, int columns)
    {
        for (var i = 0; i < values.Length; i++)
        {
            numbers[string.Create(CultureInfo.InvariantCulture, $"{name}[{i / columns},{i % columns}]")] = values[i];
        }
    }
}
