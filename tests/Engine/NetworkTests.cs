using ScratchNet.Engine;
using ScratchNet.Engine.Files;
using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Engine;

public class NetworkTests
{
    [Fact]
    public void A_training_step_on_the_cpu_allocates_nothing()
    {
        using var backend = new CpuBackend(1);
        using var run = new TinyRun(backend);
        run.Steps(50);
        var before = GC.GetAllocatedBytesForCurrentThread();
        run.Steps(50);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("simulator")]
    public void A_training_step_copies_nothing_between_host_and_device(string device)
    {
        using var backend = Devices.Open(device, threads: 2);
        CheckCopies(backend);
    }

    internal static void CheckCopies(Backend backend)
    {
        using var run = new TinyRun(backend);
        run.Steps(1);
        var (uploads, downloads) = (backend.Transfers.Uploads, backend.Transfers.Downloads);
        run.Steps(3);
        Assert.Equal((uploads, downloads), (backend.Transfers.Uploads, backend.Transfers.Downloads));

        // Reading the metrics is the one copy there is, and it is counted: the counter does count.
        run.Metrics.Read();
        Assert.Equal(downloads + 1, backend.Transfers.Downloads);
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("sgd")]
    public void Threads_do_not_change_a_bit_of_the_weights(string optimizer)
    {
        var weights = new[] { 1, 2, 3 }.Select(threads =>
        {
            using var backend = new CpuBackend(threads);
            using var run = new TinyRun(backend, optimizer, inputs: 784, hidden: 150, batch: 65);
            run.Steps(4);
            return run.Network.CopyWeights();
        }).ToArray();
        Assert.All(weights[0], value => Assert.True(float.IsFinite(value)));
        Assert.Equal(weights[0], weights[1]);
        Assert.Equal(weights[0], weights[2]);
    }

    [Fact]
    public void A_smaller_last_batch_gives_what_a_network_planned_for_it_gives()
    {
        using var backend = new CpuBackend(2);
        using var planned = new TinyRun(backend, batch: 5);
        using var roomy = new TinyRun(backend, batch: 5);
        roomy.Network.Plan(64);
        planned.Steps(3);
        roomy.Steps(3);
        Assert.Equal(planned.Network.CopyWeights(), roomy.Network.CopyWeights());
    }

    /// <summary>Answers take the outputs, 10 scores with their gradient, and a loss and a hit of each row; to learn from fewer
    /// rows then takes a mask, the outputs and the gradients of those.</summary>
    [Fact]
    public void Only_what_is_learnt_from_has_memory_for_gradients()
    {
        const int Answers = 64 * (128 + 10 + 10 + 2), Learning = 16 * (128 + 128 + 128 + 128);
        using var backend = new CpuBackend(1);
        using var network = new Network(
            backend, 784, [new Dense(128, Activation.Relu), new Dropout(0.2f), new Dense(10)], new SoftmaxCrossEntropy());
        network.Forward(Tensor.Allocate(backend, 64, 784));
        Assert.Equal(sizeof(float) * Answers, network.PlannedBytes);
        Assert.Equal((64, 0), (network.PlannedBatch, network.PlannedTrainingBatch));
        using var labels = backend.Allocate<byte>(16);
        using var optimizer = new Adam();
        network.TrainStep(Tensor.Allocate(backend, 16, 784), labels.View, optimizer, metrics: null);
        Assert.Equal(sizeof(float) * (Answers + Learning), network.PlannedBytes);
        Assert.Equal((64, 16), (network.PlannedBatch, network.PlannedTrainingBatch));
    }

    [Fact]
    public void A_backward_pass_makes_room_for_itself()
    {
        using var backend = new CpuBackend(1);
        using var run = new TinyRun(backend, batch: 5);
        var y = run.Network.Forward(Tensor.Allocate(backend, 5, run.Network.Inputs));
        Assert.Equal(0, run.Network.PlannedTrainingBatch);
        run.Network.Backward(Tensor.Allocate(backend, 5, y.Columns));
        Assert.Equal(5, run.Network.PlannedTrainingBatch);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_on_every_backend_and_another_seed_others()
    {
        using var cpu = new CpuBackend(1);
        using var simulator = Devices.Open("simulator");
        using var a = new TinyRun(cpu);
        using var b = new TinyRun(simulator);
        using var c = new TinyRun(cpu, seed: 8);
        Assert.Equal(a.Network.CopyWeights(), b.Network.CopyWeights());
        Assert.NotEqual(a.Network.CopyWeights(), c.Network.CopyWeights());
    }

    [Fact]
    public void Initial_weights_have_the_spread_that_he_and_glorot_ask_for()
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(
            backend, 300, [new Dense(200, Activation.Relu), new Dense(100)], new SoftmaxCrossEntropy(), seed: 1);
        var he = network.Parameters[0].Values.ToArray();
        var glorot = network.Parameters[2].Values.ToArray();

        // The variance of 60,000 and 20,000 uniform numbers strays by 0.4 % and 0.6 % (one standard deviation): 2 % is five of
        // them.
        Assert.Equal(2.0 / 300, he.Average(w => (double)w * w), 2.0 / 300 * 0.02);
        Assert.Equal(2.0 / 300, glorot.Average(w => (double)w * w), 2.0 / 300 * 0.03);
        Assert.All(network.Parameters[1].Values.ToArray(), b => Assert.Equal(0f, b));
    }

    [Fact]
    public void Shape_errors_name_the_layer_and_both_shapes()
    {
        using var backend = new CpuBackend(1);
        using var run = new TinyRun(backend);
        var x = Tensor.Allocate(backend, 4, 7);
        var error = Assert.Throws<ShapeException>(() => run.Network.Forward(x));
        Assert.Equal("layer 0 (dense 6 -> 9, relu): its input is 4x7 but must be 4x6.", error.Message);
    }

    [Fact]
    public void Losses_refuse_last_layers_that_do_not_suit_them()
    {
        using var backend = new CpuBackend(1);
        string Refusal(Layer last, Loss loss) =>
            Assert.Throws<ShapeException>(() => new Network(backend, 3, [last], loss)).Message;
        Assert.Contains("2 to 256", Refusal(new Dense(1), new SoftmaxCrossEntropy()), StringComparison.Ordinal);
        Assert.Contains("leave the last activation out",
            Refusal(new Dense(3, Activation.Relu), new SoftmaxCrossEntropy()), StringComparison.Ordinal);
        Assert.Contains("exactly 1", Refusal(new Dense(2), new BinaryCrossEntropy()), StringComparison.Ordinal);
        Assert.Contains("use sigmoid",
            Refusal(new Dense(1, Activation.Tanh), new BinaryCrossEntropy()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_or_a_loss_belongs_to_one_network_only()
    {
        using var backend = new CpuBackend(1);
        var (layer, loss) = (new Dense(3), new SoftmaxCrossEntropy());
        using var network = new Network(backend, 4, [layer], loss);
        Assert.Throws<InvalidOperationException>(() => new Network(backend, 4, [layer], new SoftmaxCrossEntropy()));
        Assert.Throws<InvalidOperationException>(() => new Network(backend, 4, [new Dense(3)], loss));
    }

    [Fact]
    public void A_binary_network_learns_what_no_single_layer_can()
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(backend, 2,
            [new Dense(8, Activation.Tanh), new Dense(1, Activation.Sigmoid)], new BinaryCrossEntropy(), seed: 3);
        float[] x = [0, 0, 0, 1, 1, 0, 1, 1];
        using var labels = TestData.Upload(backend, [0, 1, 1, 0]);
        var input = TestData.Upload(backend, x, 4);
        using var optimizer = new Adam(0.05f);
        using var metrics = new RunningMetrics(backend);
        for (var step = 0; step < 300; step++)
        {
            network.TrainStep(input, labels.View, optimizer, metrics);
        }

        var p = network.Predict(x);
        Assert.True(p[0] < 0.1f && p[1] > 0.9f && p[2] > 0.9f && p[3] < 0.1f, string.Join(' ', p));
    }

    [Fact]
    public void Prediction_gives_probabilities_and_needs_no_plan()
    {
        using var backend = new CpuBackend(2);
        using var run = new TinyRun(backend);
        var p = run.Network.Predict(TestData.Uniform(600 * 6, 1));
        Assert.Equal(600 * 4, p.Length);
        for (var i = 0; i < 600; i++)
        {
            Assert.Equal(1.0, p.AsSpan(i * 4, 4).ToArray().Sum(value => (double)value), 1e-6);
        }

        Assert.Throws<ShapeException>(() => run.Network.Predict(new float[7]));
    }

    [Fact]
    public void Weight_decay_leaves_biases_alone()
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(backend, 3, [new Dense(4), new Dense(2)], new SoftmaxCrossEntropy(), seed: 1);
        network.Parameters[1].Values.CopyFrom([1f, 2f, 3f, 4f]);
        var weights = network.Parameters[0].Values.ToArray();
        using var optimizer = new Sgd(learningRate: 0.5f, weightDecay: 0.1f);
        optimizer.Attach(network);
        optimizer.Step();
        Assert.Equal([1f, 2f, 3f, 4f], network.Parameters[1].Values.ToArray());
        var decayed = network.Parameters[0].Values.ToArray();
        for (var i = 0; i < weights.Length; i++)
        {
            Assert.Equal(weights[i] * 0.95f, decayed[i], 1e-7f);
        }
    }

    [Fact]
    public void A_loss_sees_the_last_layer_through_dropout()
    {
        using var backend = new CpuBackend(1);
        var yes = new Dense(1, Activation.Sigmoid);
        using var network = new Network(backend, 4, [yes, new Dropout(0.1f)], new BinaryCrossEntropy());
        Assert.True(yes.LossAppliesActivation);
        Assert.Throws<ShapeException>(() => new Network(
            backend, 4, [new Dense(3, Activation.Relu), new Dropout(0.1f)], new SoftmaxCrossEntropy()));
    }

    [Fact]
    public void What_was_given_back_says_so()
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(backend, 2, [new Dense(3)], new SoftmaxCrossEntropy());
        var optimizer = new Adam();
        optimizer.Attach(network);
        optimizer.Dispose();
        Assert.Throws<ObjectDisposedException>(optimizer.Step);
        Assert.Throws<ObjectDisposedException>(() => optimizer.Attach(network));
        network.Predict([1f, 2f]);
        network.Dispose();
        Assert.Throws<ObjectDisposedException>(() => network.Predict([1f, 2f]));
    }

    [Fact]
    public void Weights_of_another_network_change_nothing()
    {
        using var folder = new TemporaryFolder();
        using var backend = new CpuBackend(1);
        using var other = new Network(backend, 4, [new Dense(5), new Dense(3)], new SoftmaxCrossEntropy(), seed: 1);
        using var network = new Network(backend, 4, [new Dense(5), new Dense(4)], new SoftmaxCrossEntropy(), seed: 2);
        NetworkFile.Save(other, folder.File("other"));
        var before = network.CopyWeights();
        Assert.Throws<ModelFileException>(() => NetworkFile.LoadWeights(network, SafetensorsFile.Read(folder.File("other"))));
        Assert.Equal(before, network.CopyWeights());
    }

    [Fact]
    public void Weights_decay_where_there_are_no_biases()
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(backend, 3, [new Table()], new SoftmaxCrossEntropy());
        network.Parameters[0].Values.CopyFrom([1f, 2f, 3f]);
        using var optimizer = new Sgd(learningRate: 0.5f, weightDecay: 0.5f);
        optimizer.Attach(network);
        optimizer.Step();
        Assert.Equal([0.75f, 1.5f, 2.25f], network.Parameters[0].Values.ToArray());
    }

    [Fact]
    public void Weights_that_begin_at_zero_are_no_biases()
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(backend, 3, [new Dense(2, initializer: Initializer.Zeros)], new SoftmaxCrossEntropy());
        Assert.Equal([false, true], network.Parameters.Select(parameter => parameter.IsBias));
        Assert.Equal([3, 2], NetworkFile.Tensors(network).First().Shape);
    }

    [Fact]
    public void The_summary_lists_layers_shapes_parameters_and_memory()
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(
            backend, 784, [new Dense(128, Activation.Relu), new Dropout(0.2f), new Dense(10)], new SoftmaxCrossEntropy());
        network.Plan(64);
        var summary = network.Summary();
        Assert.Contains("dense 784 -> 128, relu", summary, StringComparison.Ordinal);
        Assert.Contains("784x128 + 128", summary, StringComparison.Ordinal);
        Assert.Contains("dropout 0.2", summary, StringComparison.Ordinal);
        Assert.Contains("101,770 parameters", summary, StringComparison.Ordinal);
        Assert.Contains("batch of 64", summary, StringComparison.Ordinal);
    }

    /// <summary>A layer with weights alone; it computes nothing.</summary>
    private sealed class Table : Layer
    {
        public override string Kind => "table";

        public override Tensor Forward(Backend backend, Tensor x, in Pass pass) => x;

        public override Tensor Backward(Backend backend, Tensor dy) => dy;

        public override double[] ForwardReference(
            double[] x, int batch, IReadOnlyList<double[]> parameters, in Pass pass) => x;

        protected internal override void Describe(System.Text.Json.Nodes.JsonObject json)
        {
        }

        protected override int Declare(int inputs)
        {
            AddParameter("weights", 1, inputs, Initializer.Zeros);
            return inputs;
        }
    }
}
