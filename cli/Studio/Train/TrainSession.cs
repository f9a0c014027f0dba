using System.Diagnostics;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Runs;
using ScratchNet.Cli.Studio.Server;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>
/// The run of the Train page. It lives here, not in a browser: every tab shows the same run and may steer it, and none is
/// needed for it to go on. All public members but <see cref="Feed"/> are called on the session's thread.
/// </summary>
internal sealed class TrainSession(Backend backend, Terminal terminal) : IDisposable
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan StateInterval = TimeSpan.FromMilliseconds(100);

    private readonly Speed _speed = new();
    private readonly TrainDetails _details = new();
    private TrainRun? _run;
    private CurveState? _before;
    private Fingerprints _fingerprints = new();
    private TrainPhase _phase = TrainPhase.Empty;
    private string? _message;
    private string? _saved;
    private long _savedStep;
    private int _number;
    private long _stateAt;

    /// <summary>What browsers see.</summary>
    public Feed Feed { get; } = new();

    /// <summary>Whether a run goes on.</summary>
    public bool IsRunning => _phase == TrainPhase.Running;

    /// <summary>Whether there is something that would be lost.</summary>
    public bool IsUnsaved => _run is { Step: > 0 } run && run.Step != _savedStep;

    /// <summary>Makes a new run; it waits for <see cref="Start"/>.</summary>
    /// <param name="source">The data.</param>
    /// <param name="options">Options as the command line has them; what is left out has its default.</param>
    /// <param name="end">The server is ending.</param>
    /// <exception cref="UsageException">An option has a value that it can't have; the present run stays.</exception>
    public void Create(DataSource source, IReadOnlyDictionary<string, string> options, CancellationToken end)
    {
        var plan = TrainingPlan.Read(source, options.GetValueOrDefault);
        var phase = _phase;
        Show(TrainPhase.Loading, $"loading {source.Name ?? source.Folder}");
        try
        {
            var data = _run?.Plan.Source == plan.Source ? _run.Data : plan.Source.Load(terminal, end);
            Replace(plan, data);
        }
        catch
        {
            Show(phase, null);
            throw;
        }
    }

    /// <summary>Lets the run go on.</summary>
    public void Start()
    {
        var run = Need();
        if (_phase is TrainPhase.Paused)
        {
            _speed.Start(run.Step);
            Show(TrainPhase.Running, null);
        }
    }

    /// <summary>Makes it stand still.</summary>
    public void Pause()
    {
        if (_phase == TrainPhase.Running)
        {
            Rest(TrainPhase.Paused, null);
        }
    }

    /// <summary>Makes one step.</summary>
    public void Step()
    {
        var run = Need();
        if (_phase is TrainPhase.Paused or TrainPhase.Running)
        {
            Try(() => MakeOneStep(run));
            if (_phase != TrainPhase.Failed)
            {
                Rest(run.IsDone ? TrainPhase.Done : TrainPhase.Paused, null);
            }
        }
    }

    /// <summary>Goes back to the first weights: the same seed gives the same ones, and from there the same run.</summary>
    public void Rewind()
    {
        var run = Need();
        var fingerprints = _fingerprints;
        Replace(run.Plan, run.Data);
        fingerprints.Rewind();
        _fingerprints = fingerprints;
        _fingerprints.Note(0, _run!.Start);
        Publish();
    }

    /// <summary>Saves the run in a folder, a new one if it is not saved yet.</summary>
    /// <returns>The folder.</returns>
    /// <exception cref="IOException">It can't be written.</exception>
    public string Save()
    {
        var run = Need();
        var files = RunFiles.ForNew(_saved, run.Data.Train.Name);
        run.Save(files);
        (_saved, _savedStep) = (Path.GetDirectoryName(files.Model)!, run.Step);
        Publish();
        return _saved;
    }

    /// <summary>A slice of training; see <see cref="Worker"/>.</summary>
    public bool Work()
    {
        if (_phase != TrainPhase.Running)
        {
            return false;
        }

        var run = Need();
        Try(() => MakeSteps(run));
        if (_phase != TrainPhase.Running)
        {
            return false;
        }

        if (run.IsDone)
        {
            Rest(TrainPhase.Done, null);
            return false;
        }

        if (Stopwatch.GetElapsedTime(_stateAt) >= StateInterval)
        {
            Try(() => run.Read());
            Publish();
        }

        return true;
    }

    /// <summary>Sends browsers the state as it is.</summary>
    public void Publish()
    {
        Feed.Publish("state", State());
        _stateAt = Stopwatch.GetTimestamp();
        if (_run is { } run && _phase != TrainPhase.Loading)
        {
            _details.Publish(Feed, run, IsRunning);
        }
    }

    public void Dispose() => _run?.Dispose();

    /// <summary>The run.</summary>
    /// <exception cref="RequestException">There is none.</exception>
    public TrainRun Need() => _run ?? throw RequestException.Conflict("there is no run yet: press Start");

    /// <summary>The curve shows the step by itself, whatever came before it.</summary>
    private static void MakeOneStep(TrainRun run)
    {
        run.Read(isRest: true);
        run.MakeStep();
        run.Read();
    }

    private void MakeSteps(TrainRun run)
    {
        var start = Stopwatch.GetTimestamp();
        do
        {
            run.MakeStep();
            if (run.Batch == 0)
            {
                _fingerprints.Note(run.Step, run.Fingerprint());
            }
        }
        while (!run.IsDone && Stopwatch.GetElapsedTime(start) < Slice);
        _speed.Note(run.Step);
    }

    /// <summary>Does something with the run; when that fails, the run stands still and says why.</summary>
    private void Try(Action work)
    {
        try
        {
            work();
        }
        catch (NotFiniteException exception)
        {
            Rest(TrainPhase.Failed, exception.Message);
        }
        catch (FailureException exception)
        {
            Rest(TrainPhase.Failed, exception.Message);
        }
    }

    private void Replace(TrainingPlan plan, DatasetPair data)
    {
        var next = new TrainRun(backend, plan, data);
        _before = _run is { Step: > 0 } ? _run.Curve.Read() : _before;
        _run?.Dispose();
        _run = next;
        _fingerprints = new Fingerprints();
        _fingerprints.Note(0, next.Start);
        (_saved, _savedStep) = (null, 0);
        _number++;
        Rest(TrainPhase.Paused, null);
    }

    /// <summary>Stands still: now there is time to look at everything.</summary>
    private void Rest(TrainPhase phase, string? message)
    {
        (_phase, _message) = (phase, message);
        if (phase != TrainPhase.Failed)
        {
            var run = Need();
            Try(() => run.Read(isRest: true));
            _fingerprints.Note(run.Step, run.Fingerprint());
        }

        _details.Reset();
        Publish();
    }

    private void Show(TrainPhase phase, string? message)
    {
        (_phase, _message) = (phase, message);
        Publish();
    }

    private TrainState State()
    {
        var state = new TrainState
        {
            Phase = _phase.ToString().ToLowerInvariant(),
            Message = _message,
            Run = _number,
            Device = NetworkLines.Describe(backend.Device),
            Before = _before,
            Saved = IsUnsaved ? null : _saved,
        };
        return _run is not { } run ? state : state.With(run) with
        {
            ImagesPerSecond = IsRunning ? _speed.StepsPerSecond * run.Plan.Options.BatchSize : null,
            Now = IsRunning ? null : run.Fingerprint(),
            Compared = _fingerprints.Compared,
            Same = _fingerprints.Same,
        };
    }
}
