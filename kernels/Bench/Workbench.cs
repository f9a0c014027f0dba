using System.Diagnostics;
using System.Numerics;

namespace ScratchNet.Kernels.Bench;

/// <summary>What a comparison with exact values showed.</summary>
/// <param name="ErrorUlp">
/// Largest error, in units of the last place that float32 has at the exact value, or at the output's root mean square where
/// the value is smaller (a sum whose terms cancel has no more correct digits than its terms).
/// </param>
/// <param name="Fault">What is wrong, in words; null when nothing is.</param>
internal readonly record struct Verdict(double ErrorUlp, string? Fault);

/// <summary>The arguments of one call on a backend, with what the call should make of them.</summary>
/// <param name="backend">Where they lie.</param>
/// <param name="cancel">Stops working out the exact values, where that takes long.</param>
internal sealed class Workbench(Backend backend, CancellationToken cancel = default) : IDisposable
{
    private const int Seed = 20261122;

    private readonly List<IDisposable> _buffers = [];
    private readonly List<Action> _uploads = [];
    private readonly List<Action> _downloads = [];
    private readonly List<Action> _resets = [];
    private readonly List<Func<Verdict>> _checks = [];
    private readonly Random _random = new(Seed);

    /// <summary>Stops working out the exact values, where that takes long.</summary>
    public CancellationToken Cancel => cancel;

    /// <summary>Numbers, uniform between two limits.</summary>
    public float[] Numbers(int count, float low = -1, float high = 1)
    {
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
        {
            value = low + ((high - low) * _random.NextSingle());
        }

        return values;
    }

    /// <summary>Whole numbers from 0, below a limit of at most 256.</summary>
    public byte[] Bytes(int count, int limit)
    {
        var values = new byte[count];
        foreach (ref var value in values.AsSpan())
        {
            value = (byte)_random.Next(limit);
        }

        return values;
    }

    /// <summary>The same numbers in double precision.</summary>
    public static double[] Wide(float[] values) => Array.ConvertAll(values, value => (double)value);

    /// <summary>An argument that is only read.</summary>
    public BufferView<T> Input<T>(T[] values)
        where T : unmanaged
    {
        var view = Allocate<T>(values.Length);
        _uploads.Add(() => view.CopyFrom(values));
        view.CopyFrom(values);
        return view;
    }

    /// <summary>An argument that is overwritten.</summary>
    /// <param name="exact">What should stand there.</param>
    /// <param name="tolerance">Largest error in ulps.</param>
    public BufferView<float> Output(double[] exact, double tolerance)
    {
        var unwritten = new float[exact.Length];
        Array.Fill(unwritten, float.NaN);
        return Written(unwritten, exact, tolerance);
    }

    /// <summary>An argument that is read and overwritten.</summary>
    /// <param name="before">What stands there before the call.</param>
    /// <param name="exact">What should stand there after it.</param>
    /// <param name="tolerance">Largest error in ulps.</param>
    /// <param name="observe">What of the values is determined, where not all of them are.</param>
    public BufferView<float> Updated(float[] before, double[] exact, double tolerance, Func<float[], float[]>? observe = null)
    {
        var view = Written(before, exact, tolerance, observe);
        _uploads.Add(() => view.CopyFrom(before));
        return view;
    }

    /// <summary>An argument that is overwritten with whole numbers, which must be exact.</summary>
    public BufferView<T> Output<T>(T[] exact)
        where T : unmanaged, IBinaryInteger<T>
    {
        var view = Allocate<T>(exact.Length);
        var wrong = Array.ConvertAll(exact, value => ~value);
        var after = new T[exact.Length];
        _downloads.Add(() => view.CopyTo(after));
        _resets.Add(() => view.CopyFrom(wrong));
        _checks.Add(() => view.ToArray().AsSpan().SequenceEqual(exact) ? default : new Verdict(double.NaN, "a number is wrong"));
        return view;
    }

    /// <summary>Makes the outputs as they were before any call.</summary>
    public void Reset() => _resets.ForEach(reset => reset());

    /// <summary>Compares the outputs with the exact values.</summary>
    public Verdict Check()
    {
        var verdicts = _checks.ConvertAll(check => check());
        return new Verdict(
            verdicts.Max(verdict => verdict.ErrorUlp),
            verdicts.Select(verdict => verdict.Fault).FirstOrDefault(fault => fault is not null));
    }

    /// <summary>
    /// Time in seconds to bring the inputs to the device and the outputs back; 0 where the device works in the host's memory.
    /// </summary>
    public double MeasureCopies()
    {
        if (backend.Target == Target.Cpu)
        {
            return 0;
        }

        var start = Stopwatch.GetTimestamp();
        _uploads.ForEach(upload => upload());
        _downloads.ForEach(download => download());
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());

    internal static Verdict Compare(float[] actual, double[] exact, double tolerance)
    {
        var rms = Math.Sqrt(exact.Sum(value => value * value) / exact.Length);
        var (worst, place) = (0.0, 0);
        for (var i = 0; i < exact.Length; i++)
        {
            var unit = (float)Math.Max(Math.Abs(exact[i]), rms);
            var error = Math.Abs(actual[i] - exact[i]) / (MathF.BitIncrement(unit) - unit);
            if (!(error <= worst))
            {
                (worst, place) = (error, i);
                if (double.IsNaN(error))
                {
                    break;
                }
            }
        }

        return worst <= tolerance ? new Verdict(worst, null)
            : new Verdict(worst, FormattableString.Invariant($"element {place} is {actual[place]:R}, not {exact[place]:R}"));
    }

    private BufferView<float> Written(float[] before, double[] exact, double tolerance, Func<float[], float[]>? observe = null)
    {
        var view = Allocate<float>(before.Length);
        var after = new float[before.Length];
        _downloads.Add(() => view.CopyTo(after));
        _resets.Add(() => view.CopyFrom(before));
        _checks.Add(() => Compare(observe is null ? view.ToArray() : observe(view.ToArray()), exact, tolerance));
        return view;
    }

    private BufferView<T> Allocate<T>(int length)
        where T : unmanaged
    {
        var buffer = backend.Allocate<T>(length);
        _buffers.Add(buffer);
        return buffer.View;
    }
}
