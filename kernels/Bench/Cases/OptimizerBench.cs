namespace ScratchNet.Kernels.Bench;

/// <summary>A step of gradient descent.</summary>
/// <param name="momentum">Its momentum; 0 for none.</param>
internal sealed class SgdBench(float momentum = 0.9f) : ElementBench<SgdCall>(SgdSpec.Operation, "optimizer")
{
    private const float Rate = 0.05f;

    public override SgdCall Prepare(Workbench bench, BenchShape shape)
    {
        var (w, g, velocity) = (bench.Numbers(shape.M), bench.Numbers(shape.M), bench.Numbers(shape.M));
        var (exactW, exactVelocity) = (Workbench.Wide(w), Workbench.Wide(velocity));
        SgdReference.Compute(exactW, Workbench.Wide(g), exactVelocity, (double)Rate, momentum, 0, nesterov: false);
        return new SgdCall(
            bench.Updated(w, exactW, FewRoundings), bench.Input(g), bench.Updated(velocity, exactVelocity, FewRoundings),
            shape.M, Rate, momentum);
    }
}

/// <summary>A step of Adam.</summary>
internal sealed class AdamBench() : ElementBench<AdamCall>(AdamSpec.Operation, "optimizer")
{
    public override AdamCall Prepare(Workbench bench, BenchShape shape)
    {
        var (w, g) = (bench.Numbers(shape.M), bench.Numbers(shape.M));
        var (m, v) = (bench.Numbers(shape.M), bench.Numbers(shape.M, 0.001f, 1));
        var call = new AdamCall(default, default, default, default, shape.M, Step: 100);
        var (exactW, exactM, exactV) = (Workbench.Wide(w), Workbench.Wide(m), Workbench.Wide(v));
        AdamReference.Compute(
            exactW, Workbench.Wide(g), exactM, exactV, (double)call.StepSize, call.RootScale, call.Beta1, call.Beta2,
            call.Epsilon, call.CoupledDecay, call.Shrink);
        return call with
        {
            W = bench.Updated(w, exactW, FewRoundings),
            G = bench.Input(g),
            FirstMoment = bench.Updated(m, exactM, FewRoundings),
            SecondMoment = bench.Updated(v, exactV, FewRoundings),
        };
    }
}

/// <summary>The squared norm of the gradients.</summary>
internal sealed class SquaredSumBench() : ElementBench<SquaredSumCall>(SquaredSumSpec.Operation, "reduce")
{
    public override SquaredSumCall Prepare(Workbench bench, BenchShape shape)
    {
        var x = bench.Numbers(shape.M);
        var exact = SquaredSumReference.Compute<double>(Workbench.Wide(x));
        return new SquaredSumCall(bench.Input(x), bench.Output([exact], FewRoundings + shape.M), shape.M);
    }
}

/// <summary>Clipping: the costly case, where the norm is above the limit.</summary>
internal sealed class ClipNormBench() : ElementBench<ClipNormCall>(ClipNormSpec.Operation, "optimizer")
{
    public override ClipNormCall Prepare(Workbench bench, BenchShape shape)
    {
        const float SquaredSum = 4;
        var g = bench.Numbers(shape.M);
        var exact = Workbench.Wide(g);
        ClipNormReference.Compute(exact, SquaredSum, 1.0);
        return new ClipNormCall(bench.Updated(g, exact, FewRoundings), bench.Input([SquaredSum]), shape.M, Limit: 1);
    }
}

/// <summary>The moving average of the weights.</summary>
internal sealed class MovingAverageBench() : ElementBench<MovingAverageCall>(MovingAverageSpec.Operation, "optimizer")
{
    private const float NewShare = 0.01f;

    public override MovingAverageCall Prepare(Workbench bench, BenchShape shape)
    {
        var (w, average) = (bench.Numbers(shape.M), bench.Numbers(shape.M));
        var exact = Workbench.Wide(average);
        MovingAverageReference.Compute(Workbench.Wide(w), exact, (double)NewShare);
        return new MovingAverageCall(bench.Input(w), bench.Updated(average, exact, FewRoundings), shape.M, NewShare);
    }
}
