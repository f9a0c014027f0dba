using System.Diagnostics;
using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>The parts of a training step.</summary>
public enum StepPhase
{
    /// <summary>Gathering the batch, and distorting it.</summary>
    Data,

    /// <summary>The layers and the loss.</summary>
    Forward,

    /// <summary>The gradients.</summary>
    Backward,

    /// <summary>The optimizer's step.</summary>
    Update,
}

/// <summary>
/// Where the time of training steps goes. Every step is measured on the processor, where an operation has run when its call
/// returns: five readings of a clock, about 0.1 µs. Other devices must be waited for at the end of each phase, so there
/// the caller chooses a step now and then.
/// </summary>
/// <param name="backend">Where the steps run.</param>
public sealed class StepClock(Backend backend)
{
    private readonly long[] _ticks = new long[Enum.GetValues<StepPhase>().Length];
    private readonly bool _mustWait = backend.Target != Target.Cpu;
    private long _last;
    private bool _measures;

    /// <summary>Forgets what was measured.</summary>
    public void Reset() => Array.Clear(_ticks);

    /// <summary>A step begins.</summary>
    /// <param name="worthWaiting">Whether to measure this one on a device that must be waited for.</param>
    public void Start(bool worthWaiting)
    {
        _measures = worthWaiting || !_mustWait;
        if (_measures)
        {
            Wait();
            _last = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>A phase of the step is over.</summary>
    /// <param name="phase">Which one.</param>
    public void Mark(StepPhase phase)
    {
        if (!_measures)
        {
            return;
        }

        Wait();
        var now = Stopwatch.GetTimestamp();
        _ticks[(int)phase] += now - _last;
        _last = now;
    }

    /// <summary>A phase's share of the time measured since the last reset, 0 to 1; 0 when none was measured.</summary>
    /// <param name="phase">Which one.</param>
    public double Share(StepPhase phase) => _ticks.Sum() is var all && all == 0 ? 0 : (double)_ticks[(int)phase] / all;

    private void Wait()
    {
        if (_mustWait)
        {
            backend.Synchronize();
        }
    }
}
