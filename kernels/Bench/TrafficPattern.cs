using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels.Bench;

/// <summary>How many arrays of one length a loop reads, updates in place and writes.</summary>
internal interface IStreams
{
    /// <summary>Arrays only read, at most four.</summary>
    static virtual int Reads => 0;

    /// <summary>Arrays updated in place, at most three.</summary>
    static virtual int Updates => 0;

    /// <summary>Arrays only written, at most two.</summary>
    static virtual int Writes => 0;
}

/// <summary>
/// A loop that does nothing but move data, in one mix of reads and writes: the yardstick for operations of that mix. Its
/// arrays lie one after another: those read, then those updated, then those written.
/// </summary>
internal abstract unsafe class TrafficPattern
{
    private static readonly TrafficPattern[] All =
    [
        new TrafficPattern<One>(), new TrafficPattern<Two>(), new TrafficPattern<Four>(),
        new TrafficPattern<Copy>(), new TrafficPattern<Triad>(), new TrafficPattern<Spread>(),
        new TrafficPattern<InPlace>(), new TrafficPattern<UpdateOne>(),
        new TrafficPattern<UpdateTwo>(), new TrafficPattern<UpdateThree>(),
    ];

    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config, ArrayView<float> data, int count);

    /// <summary>The loops of all patterns for a GPU.</summary>
    public static IEnumerable<GpuKernel> Kernels => All.Select(pattern => pattern.Kernel);

    /// <summary>Arrays only read.</summary>
    public abstract int Reads { get; }

    /// <summary>Arrays updated in place.</summary>
    public abstract int Updates { get; }

    /// <summary>Arrays only written.</summary>
    public abstract int Writes { get; }

    /// <summary>All arrays.</summary>
    public int Arrays => Reads + Updates + Writes;

    /// <summary>What is moved when each array has so many bytes.</summary>
    public Traffic Of(long bytes) => new(Reads * bytes, Writes * bytes, Updates * bytes);

    /// <summary>The same loop for a GPU.</summary>
    public abstract GpuKernel<Launcher> Kernel { get; }

    /// <summary>
    /// The patterns whose mix comes nearest to a call's: several where the same mix can be read in several ways.
    /// </summary>
    public static IReadOnlyList<TrafficPattern> NearestTo(Traffic traffic)
    {
        double Distance(TrafficPattern pattern)
        {
            var (mine, its) = (pattern.Of(1), (double)traffic.Footprint);
            return Math.Abs((mine.Read / (double)pattern.Arrays) - (traffic.Read / its))
                + Math.Abs((mine.Written / (double)pattern.Arrays) - (traffic.Written / its))
                + Math.Abs((mine.Updated / (double)pattern.Arrays) - (traffic.Updated / its));
        }

        var least = All.Min(Distance);
        return [.. All.Where(pattern => Distance(pattern) <= least + 1e-9)];
    }

    /// <summary>Goes over all arrays on the processor.</summary>
    /// <param name="data">The first array, on a 64-byte boundary.</param>
    /// <param name="length">Elements of each array, a multiple of 64.</param>
    /// <param name="passes">How often: a pass over a few kilobytes is over in the time of two or three calls.</param>
    /// <param name="pastCaches">Whether what is only written bypasses the caches.</param>
    /// <returns>A number that depends on everything read.</returns>
    public abstract float Run(float* data, nint length, int passes, bool pastCaches);

    private readonly struct One : IStreams
    {
        public static int Reads => 1;
    }

    private readonly struct Two : IStreams
    {
        public static int Reads => 2;
    }

    private readonly struct Four : IStreams
    {
        public static int Reads => 4;
    }

    /// <summary>An activation.</summary>
    private readonly struct Copy : IStreams
    {
        public static int Reads => 1;

        public static int Writes => 1;
    }

    /// <summary>An activation's gradient.</summary>
    private readonly struct Triad : IStreams
    {
        public static int Reads => 2;

        public static int Writes => 1;
    }

    /// <summary>Dropout, which writes its mask too.</summary>
    private readonly struct Spread : IStreams
    {
        public static int Reads => 1;

        public static int Writes => 2;
    }

    /// <summary>Scaling.</summary>
    private readonly struct InPlace : IStreams
    {
        public static int Updates => 1;
    }

    /// <summary>Gradient descent.</summary>
    private readonly struct UpdateOne : IStreams
    {
        public static int Reads => 1;

        public static int Updates => 1;
    }

    /// <summary>The same with momentum.</summary>
    private readonly struct UpdateTwo : IStreams
    {
        public static int Reads => 1;

        public static int Updates => 2;
    }

    /// <summary>Adam.</summary>
    private readonly struct UpdateThree : IStreams
    {
        public static int Reads => 1;

        public static int Updates => 3;
    }
}

/// <summary>The loop for one mix: its numbers of arrays are constants to the compilers, which drop what is not there.</summary>
internal sealed unsafe class TrafficPattern<TStreams> : TrafficPattern
    where TStreams : struct, IStreams
{
    private static readonly GpuKernel<Launcher> GpuLoop = new(RunOnGpu);

    public override int Reads => TStreams.Reads;

    public override int Updates => TStreams.Updates;

    public override int Writes => TStreams.Writes;

    public override GpuKernel<Launcher> Kernel => GpuLoop;

    public override float Run(float* data, nint length, int passes, bool pastCaches) =>
        pastCaches ? Loop<StorePastCaches>(data, length, passes) : Loop<StoreInCache>(data, length, passes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Loop<TStore>(float* data, nint length, int passes)
        where TStore : struct, IStore
    {
        // Two sums, so that additions wait less for one another.
        var (first, second) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var pass = 0; pass < passes; pass++)
        {
            for (nint i = 0; i < length; i += 4 * Vector512<float>.Count)
            {
                first += Step<TStore>(data + i, length);
                second += Step<TStore>(data + i + Vector512<float>.Count, length);
                first += Step<TStore>(data + i + (2 * Vector512<float>.Count), length);
                second += Step<TStore>(data + i + (3 * Vector512<float>.Count), length);
            }
        }

        return Vector512.Sum(first + second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Step<TStore>(float* data, nint length)
        where TStore : struct, IStore
    {
        var sum = TStreams.Reads > 0 ? Vector512.Load(data) : Vector512<float>.Zero;
        sum = TStreams.Reads > 1 ? sum + Vector512.Load(data + length) : sum;
        sum = TStreams.Reads > 3 ? sum + (Vector512.Load(data + (2 * length)) + Vector512.Load(data + (3 * length))) : sum;
        var updated = data + (TStreams.Reads * length);
        var written = updated + (TStreams.Updates * length);
        var half = Vector512.Create(0.5f);
        if (TStreams.Updates > 0)
        {
            VectorMath.MultiplyAdd(Vector512.Load(updated), half, sum).Store(updated);
        }

        if (TStreams.Updates > 1)
        {
            VectorMath.MultiplyAdd(Vector512.Load(updated + length), half, sum).Store(updated + length);
        }

        if (TStreams.Updates > 2)
        {
            VectorMath.MultiplyAdd(Vector512.Load(updated + (2 * length)), half, sum).Store(updated + (2 * length));
        }

        if (TStreams.Writes > 0)
        {
            TStore.Store(sum, ref *written);
        }

        if (TStreams.Writes > 1)
        {
            TStore.Store(sum, ref written[length]);
        }

        return sum;
    }

    /// <summary>Each thread leaves its sum behind the last array, so that no compiler drops the reading.</summary>
    private static void RunOnGpu(ArrayView<float> data, int count)
    {
        var total = 0f;
        for (var i = Grid.GlobalIndex.X; i < count; i += Grid.DimX * Group.DimX)
        {
            var sum = 0f;
            for (var array = 0; array < TStreams.Reads; array++)
            {
                sum += data[(array * count) + i];
            }

            for (var array = TStreams.Reads; array < TStreams.Reads + TStreams.Updates; array++)
            {
                data[(array * count) + i] = GpuMath.Fma(data[(array * count) + i], 0.5f, sum);
            }

            for (var array = 0; array < TStreams.Writes; array++)
            {
                data[((TStreams.Reads + TStreams.Updates + array) * count) + i] = sum;
            }

            total += sum;
        }

        data[((TStreams.Reads + TStreams.Updates + TStreams.Writes) * count) + Grid.GlobalIndex.X] = total;
    }
}
