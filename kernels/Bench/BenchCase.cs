namespace ScratchNet.Kernels.Bench;

/// <summary>One variant, ready to run on a workbench's buffers.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="WhyNot">Why the backend cannot run it on this call; null when it can.</param>
/// <param name="IsChosen">Whether training would use it.</param>
/// <param name="Run">Runs it, or queues it.</param>
internal sealed record Rung(Variant Variant, string? WhyNot, bool IsChosen, Action Run);

/// <summary>A call of an operation with every way to compute it.</summary>
/// <param name="Flops">Floating-point operations by the formula.</param>
/// <param name="Traffic">What must be moved at least.</param>
/// <param name="Sizes">The sizes in words.</param>
/// <param name="Rungs">One for each variant, in the order of the operation's list.</param>
internal sealed record Ladder(long Flops, Traffic Traffic, string Sizes, IReadOnlyList<Rung> Rungs);

/// <summary>How an operation is measured: at which sizes, on which values, and against which results.</summary>
/// <param name="operation">The operation.</param>
/// <param name="group">What it is measured together with.</param>
internal abstract class BenchCase(Operation operation, string group)
{
    /// <summary>Error in ulps that a handful of roundings can add up to, elementary functions of some ulps included.</summary>
    protected const double FewRoundings = 16;

    /// <summary>The operation.</summary>
    public Operation Operation { get; } = operation;

    /// <summary>What it is measured together with: the word after <c>scratchnet bench</c>.</summary>
    public string Group { get; } = group;

    /// <summary>What a size looks like, such as <c>MxNxK</c>.</summary>
    public abstract string SizeForm { get; }

    /// <summary>What is measured when no sizes are given.</summary>
    public abstract IReadOnlyList<BenchShape> DefaultShapes { get; }

    /// <summary>The same for a simulator, which takes a thousand times as long.</summary>
    public abstract IReadOnlyList<BenchShape> SmallShapes { get; }

    /// <summary>The shapes that a size stands for; none when it does not fit the operation.</summary>
    /// <param name="sizes">Positive numbers.</param>
    public abstract IReadOnlyList<BenchShape> Read(IReadOnlyList<int> sizes);

    /// <summary>Elements of the largest argument.</summary>
    public virtual long Elements(BenchShape shape) => (long)shape.M * shape.N;

    /// <summary>Makes arguments for a shape, together with what the outputs should be.</summary>
    /// <exception cref="DeviceMemoryException">The device has not the memory.</exception>
    public abstract Ladder Arrange(Workbench bench, Backend backend, BenchShape shape);
}

/// <summary>The same with arguments of a known type.</summary>
/// <typeparam name="TCall">The operation's arguments.</typeparam>
internal abstract class BenchCase<TCall>(Operation<TCall> operation, string group) : BenchCase(operation, group)
    where TCall : struct, IOperationCall
{
    public override Ladder Arrange(Workbench bench, Backend backend, BenchShape shape)
    {
        var call = Prepare(bench, shape);
        call.Validate();
        var chosen = operation.Choose(backend, call);
        return new Ladder(call.Flops, call.Traffic, call.Shape, [.. operation.TypedVariants.Select(variant =>
            new Rung(variant, variant.WhyNot(backend, call), variant == chosen, () => variant.RunChecked(backend, call)))]);
    }

    /// <summary>The arguments of a call, on a workbench that knows what should become of them.</summary>
    public abstract TCall Prepare(Workbench bench, BenchShape shape);
}
