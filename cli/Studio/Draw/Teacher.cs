using ScratchNet.Engine;

namespace ScratchNet.Cli.Studio.Draw;

/// <summary>What a lesson changed.</summary>
/// <param name="Before">The probability of the right class before it.</param>
/// <param name="After">The same afterwards.</param>
/// <param name="Steps">Steps of training.</param>
/// <param name="RightBefore">Share of some training pictures that were right before it; null without any.</param>
/// <param name="RightAfter">The same afterwards: what the lesson made it forget.</param>
internal sealed record LessonResult(double Before, double After, int Steps, double? RightBefore, double? RightAfter);

/// <summary>
/// "That was a 7": trains a network a little further on the drawings that it got wrong, among training pictures so that it does
/// not forget the rest.
/// </summary>
internal sealed class Teacher(DrawModel target)
{
    private const int LessonRows = 16;
    private const int RehearsalRows = 48;
    private const int LeastSteps = 8;
    private const int MostSteps = 80;
    private const int Watched = 1000;
    private const float Rate = 5e-4f;
    private const float Sure = 0.9f;
    private const int Seed = 7;

    private readonly List<(float[] X, byte Label)> _lessons = [];
    private readonly Stack<(float[] Weights, int Lessons)> _before = [];

    /// <summary>How many lessons can be taken back.</summary>
    public int Lessons => _lessons.Count;

    /// <summary>Teaches a drawing.</summary>
    /// <param name="pixels">The drawing as the network saw it.</param>
    /// <param name="label">What it is.</param>
    public LessonResult Teach(byte[] pixels, byte label)
    {
        var network = target.Model.Network;
        var x = target.Model.Format.Convert(pixels);
        var before = target.Model.Predict(pixels)[label];
        var rightBefore = ShareRight();
        _before.Push((network.CopyWeights(), _lessons.Count));
        _lessons.Add((x, label));
        var steps = Train(network, pixels, label);
        return new LessonResult(before, target.Model.Predict(pixels)[label], steps, rightBefore, ShareRight());
    }

    /// <summary>Takes the last lesson back: the weights are again what they were, to the bit.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Undo()
    {
        if (!_before.TryPop(out var state))
        {
            return false;
        }

        target.Model.Network.SetWeights(state.Weights);
        _lessons.RemoveRange(state.Lessons, _lessons.Count - state.Lessons);
        return true;
    }

    private int Train(Network network, byte[] pixels, byte label)
    {
        var rehearsal = target.Pictures is null ? 0 : RehearsalRows;
        var rows = LessonRows + rehearsal;
        using var optimizer = new Adam(Rate);
        using var metrics = new RunningMetrics(network.Backend);
        using var labels = network.Backend.Allocate<byte>(rows);
        var input = Tensor.Allocate(network.Backend, rows, network.Inputs);
        using var memory = input.View.Buffer;
        var random = new Random(Seed);
        var (x, y) = (new float[rows * network.Inputs], new byte[rows]);
        for (var step = 1; step <= MostSteps; step++)
        {
            Fill(x, y, random);
            input.CopyFrom(x);
            labels.CopyFrom(y);
            network.TrainStep(input, labels.View, optimizer, metrics);
            if (step >= LeastSteps && target.Model.Predict(pixels)[label] >= Sure)
            {
                return step;
            }
        }

        return MostSteps;
    }

    /// <summary>The newest lesson fills half of the lessons' rows, older ones take turns in the rest.</summary>
    private void Fill(float[] x, byte[] y, Random random)
    {
        var features = target.Model.Network.Inputs;
        for (var row = 0; row < y.Length; row++)
        {
            var place = x.AsSpan(row * features, features);
            if (row < LessonRows)
            {
                var lesson = _lessons[row < LessonRows / 2 ? ^1 : random.Next(_lessons.Count)];
                lesson.X.CopyTo(place);
                y[row] = lesson.Label;
                continue;
            }

            var index = random.Next(target.Pictures!.Count);
            target.Model.Format.Convert(target.Pictures.Image(index)).CopyTo(place);
            y[row] = target.Pictures.Labels.Span[index];
        }
    }

    private double? ShareRight()
    {
        if (target.Pictures is not { } pictures)
        {
            return null;
        }

        // The first ones: both parts of the bundled digits and of MNIST are in mixed order.
        var some = pictures.Slice(0, Math.Min(Watched, pictures.Count));
        return target.Model.Evaluate(some).Accuracy;
    }
}
