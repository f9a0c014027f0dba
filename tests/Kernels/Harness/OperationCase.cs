using FsCheck;
using FsCheck.Fluent;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Kernels;

/// <summary>How an operation is tested: on which shapes, and against which values.</summary>
/// <param name="operation">The operation.</param>
internal abstract class OperationCase(Operation operation)
{
    /// <summary>Sizes whose products are worth a test: 1, primes, one under and one over tiles of 8, 16 and 32.</summary>
    protected static readonly int[] AwkwardSizes = [1, 2, 3, 5, 7, 8, 9, 13, 15, 16, 17, 31, 32, 33, 37];

    /// <summary>The operation.</summary>
    public Operation Operation { get; } = operation;

    /// <summary>Shapes that every backend is tested on, simulated ones included: small.</summary>
    public abstract IEnumerable<int[]> SmallShapes { get; }

    /// <summary>Shapes for the backends that are fast enough.</summary>
    public virtual IEnumerable<int[]> LargeShapes => [];

    /// <summary>Random shapes; their numbers mean what they mean in the fixed ones.</summary>
    /// <param name="large">Whether the backend is fast enough for large ones.</param>
    public abstract Gen<int[]> RandomShape(bool large);

    /// <summary>Runs one variant (none: the one that training would use) on a shape and compares.</summary>
    /// <returns>What is wrong, in words; null when nothing is.</returns>
    public abstract string? Try(Backend backend, string? variant, int[] shape);

    /// <summary>A size that is awkward as often as not.</summary>
    protected static Gen<int> Size(int most) =>
        Gen.OneOf(Gen.Choose(1, most), Gen.Elements(AwkwardSizes.Where(size => size <= most).ToArray()));
}

/// <summary>The same with arguments of a known type.</summary>
/// <typeparam name="TCall">The operation's arguments.</typeparam>
internal abstract class OperationCase<TCall>(Operation<TCall> operation) : OperationCase(operation)
    where TCall : struct, IOperationCall
{
    public override string? Try(Backend backend, string? variant, int[] shape)
    {
        var seed = shape.Aggregate(17, (hash, size) => unchecked((hash * 31) + size));
        using var trial = new Trial(backend, seed, aligned: shape[0] % 4 == 0);
        var call = Arrange(trial, shape);
        if (variant is null)
        {
            operation.Run(backend, call);
            return trial.FirstError();
        }

        var chosen = operation.TypedVariants.Single(candidate => candidate.Name == variant);
        if (chosen.WhyNot(backend, call) is not null)
        {
            return null;
        }

        chosen.Run(backend, call);
        return trial.FirstError();
    }

    /// <summary>Makes the arguments for a shape, together with what the outputs should be.</summary>
    protected abstract TCall Arrange(Trial trial, int[] shape);
}
