using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels;

/// <summary>Every variant of every operation, on every backend, against exact values.</summary>
[Collection(Requirements.OpenClCollection)]
public class KernelTests(TestBackends backends) : IClassFixture<TestBackends>
{
    // A fixed seed: every run tests the same shapes. Another one is a one-line change when hunting.
    private static readonly Replay Seed = new(new Rnd(20261122, 4711), FSharpOption<int>.None);

    public static TheoryData<string, string> EveryOperationOnEveryBackend()
    {
        var data = new TheoryData<string, string>();
        foreach (var backend in TestBackends.Names)
        {
            foreach (var operation in Operations.All)
            {
                data.Add(backend, operation.Name);
            }
        }

        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(EveryOperationOnEveryBackend))]
    public void Agrees_with_exact_values(string backendName, string operationName)
    {
        var backend = backends.Get(backendName);
        var test = Cases.For(operationName);
        foreach (var variant in VariantsOn(backendName, test.Operation))
        {
            foreach (var shape in FixedShapes(test, backendName))
            {
                Assert.Null(Describe(test.Try(backend, variant, shape), variant, shape));
            }

            var random = Arb.From(test.RandomShape(TestBackends.IsFast(backendName)), Smaller);
            var holds = Prop.ForAll(random, shape => Assert.Null(Describe(test.Try(backend, variant, shape), variant, shape)));
            var count = TestBackends.IsFast(backendName) ? 20 : 4;
            FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(FSharpOption<Replay>.Some(Seed)), holds);
        }
    }

    [Fact]
    public void Every_operation_has_a_case()
    {
        Assert.Equal(Operations.All.Select(operation => operation.Name), Cases.All.Select(test => test.Operation.Name));
    }

    [Theory]
    [InlineData(Target.Cpu)]
    [InlineData(Target.Gpu)]
    public void Every_operation_runs_on_every_target(Target target)
    {
        Assert.All(Operations.All, operation => Assert.Contains(operation.Variants, variant => variant.Target == target));
    }

    [Fact]
    public void Variant_names_are_unique_within_an_operation()
    {
        Assert.All(Operations.All, operation => Assert.Distinct(operation.Variants.Select(variant => variant.Name)));
    }

    /// <summary>Every variant of the backend's target, and null for the one that training would choose.</summary>
    private static IEnumerable<string?> VariantsOn(string backendName, Operation operation) =>
        [.. operation.Variants.Where(variant => variant.Target == TestBackends.Target(backendName))
            .Select(variant => variant.Name), null];

    private static IEnumerable<int[]> FixedShapes(OperationCase test, string backendName) =>
        TestBackends.IsFast(backendName) ? test.SmallShapes.Concat(test.LargeShapes) : test.SmallShapes;

    private static string? Describe(string? error, string? variant, int[] shape) =>
        error is null ? null : $"{variant ?? "the chosen variant"} at {string.Join('x', shape)}: {error}";

    /// <summary>Halves one number at a time: what FsCheck tries when it looks for the smallest failure.</summary>
    private static IEnumerable<int[]> Smaller(int[] shape) =>
        from place in Enumerable.Range(0, shape.Length)
        where shape[place] > 1
        select shape.Select((size, i) => i == place ? size / 2 : size).ToArray();
}
