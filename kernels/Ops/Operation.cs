using System.Reflection;

namespace ScratchNet.Kernels;

/// <summary>The arguments of one call of an operation: what it computes on and how large that is.</summary>
public interface IOperationCall
{
    /// <summary>Floating-point operations that the call needs by its formula (a fused multiply-add counts as two).</summary>
    long Flops { get; }

    /// <summary>What the call must move at least, by kind.</summary>
    Traffic Traffic { get; }

    /// <summary>The sizes in words, such as <c>64x784 · 784x128</c>.</summary>
    string Shape { get; }

    /// <summary>Checks sizes against views.</summary>
    /// <exception cref="ArgumentException">A size is not positive or a view is missing or too short.</exception>
    void Validate();
}

/// <summary>The body of a CPU kernel.</summary>
/// <param name="backend">Gives the thread team and scratch memory.</param>
/// <param name="call">The arguments, already checked.</param>
/// <typeparam name="TCall">The operation's arguments.</typeparam>
public delegate void CpuBody<TCall>(CpuBackend backend, in TCall call)
    where TCall : struct, IOperationCall;

/// <summary>The body that launches a GPU kernel.</summary>
/// <param name="backend">Gives compiled kernels and launch sizes.</param>
/// <param name="call">The arguments, already checked.</param>
/// <typeparam name="TCall">The operation's arguments.</typeparam>
public delegate void GpuBody<TCall>(GpuBackend backend, in TCall call)
    where TCall : struct, IOperationCall;

/// <summary>One way to compute an operation.</summary>
public abstract class Variant
{
    private readonly Func<IReadOnlyList<GpuKernel>>? _kernels;

    private protected Variant(string name, string idea, Target target, Func<IReadOnlyList<GpuKernel>>? kernels)
    {
        Name = name;
        Idea = idea;
        Target = target;
        _kernels = kernels;
    }

    /// <summary>Its name within the operation, such as <c>reference</c>, <c>simd</c> or <c>tiled</c>.</summary>
    public string Name { get; }

    /// <summary>The one idea that it adds to the variant before it.</summary>
    public string Idea { get; }

    /// <summary>Which backends can run it.</summary>
    public Target Target { get; }

    /// <summary>
    /// Whether it is somebody else's library, shown beside ours where it is there: never chosen, and no row where it is not.
    /// </summary>
    public bool IsPeer { get; init; }

    /// <summary>The method that runs it: where a reader begins.</summary>
    internal abstract MethodInfo Entry { get; }

    /// <summary>The GPU kernels it launches; empty for CPU variants.</summary>
    public IReadOnlyList<GpuKernel> Kernels => _kernels?.Invoke() ?? [];
}

/// <summary>One way to compute an operation with arguments of a known type.</summary>
/// <typeparam name="TCall">The operation's arguments.</typeparam>
public sealed class Variant<TCall> : Variant
    where TCall : struct, IOperationCall
{
    private readonly CpuBody<TCall>? _cpu;
    private readonly GpuBody<TCall>? _gpu;
    private readonly Func<GpuBackend, TCall, string?>? _whyNot;

    /// <summary>A CPU variant.</summary>
    /// <param name="name">Its name within the operation.</param>
    /// <param name="idea">The one idea that it adds.</param>
    /// <param name="body">What runs.</param>
    public Variant(string name, string idea, CpuBody<TCall> body)
        : base(name, idea, Target.Cpu, null)
    {
        _cpu = body;
    }

    /// <summary>A GPU variant.</summary>
    /// <param name="name">Its name within the operation.</param>
    /// <param name="idea">The one idea that it adds.</param>
    /// <param name="body">What launches it.</param>
    /// <param name="kernels">The kernels it launches; asked for only when needed, so that the CPU's users never load
    /// ILGPU.</param>
    /// <param name="whyNot">Says why a device cannot run a call, or null when it can; left out, every device can.</param>
    public Variant(string name, string idea, GpuBody<TCall> body, Func<IReadOnlyList<GpuKernel>> kernels,
        Func<GpuBackend, TCall, string?>? whyNot = null)
        : base(name, idea, Target.Gpu, kernels)
    {
        _gpu = body;
        _whyNot = whyNot;
    }

    /// <inheritdoc/>
    internal override MethodInfo Entry => (_cpu as Delegate ?? _gpu!).Method;

    /// <summary>Why a backend cannot run a call with this variant; null when it can.</summary>
    /// <param name="backend">Where the call would run.</param>
    /// <param name="call">The arguments.</param>
    public string? WhyNot(Backend backend, in TCall call)
    {
        if (backend.Target != Target)
        {
            return $"{Name} is made for {(Target == Target.Cpu ? "the cpu" : "GPUs")}, not for {backend.Device.Id}";
        }

        return backend is GpuBackend gpu ? _whyNot?.Invoke(gpu, call) : null;
    }

    /// <summary>Runs this very variant.</summary>
    /// <param name="backend">Where to run; all views must live there.</param>
    /// <param name="call">The arguments.</param>
    /// <exception cref="ArgumentException">The arguments are malformed.</exception>
    public void Run(Backend backend, in TCall call)
    {
        call.Validate();
        RunChecked(backend, call);
    }

    internal void RunChecked(Backend backend, in TCall call)
    {
        if (_cpu is not null)
        {
            _cpu((CpuBackend)backend, call);
        }
        else
        {
            _gpu!((GpuBackend)backend, call);
        }
    }
}

/// <summary>An operation and all the ways there are to compute it.</summary>
public abstract class Operation
{
    private protected Operation(string name, string formula)
    {
        Name = name;
        Formula = formula;
    }

    /// <summary>Its name, such as <c>matmul</c>.</summary>
    public string Name { get; }

    /// <summary>What it computes, as a formula in plain text.</summary>
    public string Formula { get; }

    /// <summary>Every variant, in the order in which they should be read: each adds one idea to those before it.</summary>
    public abstract IReadOnlyList<Variant> Variants { get; }
}

/// <summary>An operation with arguments of a known type.</summary>
/// <typeparam name="TCall">The operation's arguments.</typeparam>
public sealed class Operation<TCall> : Operation
    where TCall : struct, IOperationCall
{
    private readonly Func<GpuBackend, TCall, Variant<TCall>>? _choose;
    private readonly Variant<TCall>? _cpu;
    private readonly Variant<TCall>? _gpu;

    /// <summary>Registers an operation.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="formula">What it computes.</param>
    /// <param name="variants">Every way to compute it, plainest first.</param>
    /// <param name="choose">
    /// Picks the variant that training uses on a GPU; left out, that is the last one, as it always is on the processor.
    /// </param>
    public Operation(string name, string formula, IReadOnlyList<Variant<TCall>> variants,
        Func<GpuBackend, TCall, Variant<TCall>>? choose = null)
        : base(name, formula)
    {
        TypedVariants = variants;
        _choose = choose;
        _cpu = variants.LastOrDefault(variant => variant.Target == Target.Cpu);
        _gpu = variants.LastOrDefault(variant => variant.Target == Target.Gpu);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variant> Variants => TypedVariants;

    /// <summary>Every variant, with its argument type.</summary>
    public IReadOnlyList<Variant<TCall>> TypedVariants { get; }

    /// <summary>The variant that training uses for a call.</summary>
    /// <param name="backend">Where the call runs.</param>
    /// <param name="call">The arguments.</param>
    public Variant<TCall> Choose(Backend backend, in TCall call) =>
        (backend.Target == Target.Cpu ? _cpu : ChooseForGpu(backend, call))
        ?? throw new NotSupportedException($"{Name} has no kernel for {backend.Device.Id}.");

    // A method of its own: whoever only uses the processor never loads ILGPU.
    private Variant<TCall>? ChooseForGpu(Backend backend, in TCall call) => _choose?.Invoke((GpuBackend)backend, call) ?? _gpu;

    /// <summary>Runs the operation with the variant that <see cref="Choose"/> picks.</summary>
    /// <param name="backend">Where to run; all views must live there.</param>
    /// <param name="call">The arguments.</param>
    /// <exception cref="ArgumentException">The arguments are malformed.</exception>
    public void Run(Backend backend, in TCall call)
    {
        call.Validate();
        Choose(backend, call).RunChecked(backend, call);
    }
}
