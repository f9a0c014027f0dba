using System.Diagnostics;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Studio.Server;
using ScratchNet.Engine.Files;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using ScratchNet.Training.Images;

namespace ScratchNet.Cli.Studio.Draw;

/// <summary>What every tab shows of the model to draw for.</summary>
internal sealed record DrawState(
    string Phase, string? Message, string? Name, string? Network, IReadOnlyList<string>? Classes, string? Pictures, int Lessons);

/// <summary>
/// The model of the Draw page. Its backend is its own and of one thread: a single picture takes microseconds, and is not to
/// wait for a run on another device. All public members but <see cref="Feed"/> are called on the session's thread.
/// </summary>
internal sealed class DrawSession(CancellationToken end) : IDisposable
{
    private readonly CpuBackend _backend = new(1);
    private DrawModel? _model;
    private Teacher? _teacher;
    private string _phase = "empty";
    private string? _message;

    /// <summary>What browsers see.</summary>
    public Feed Feed { get; } = new();

    /// <summary>Makes the default model, unless there is a model.</summary>
    public void Prepare()
    {
        if (_model is not null)
        {
            return;
        }

        try
        {
            Tell("preparing", "opens its network");
            Use(DefaultModel.Load(_backend, progress => Tell("preparing", progress), end), "the bundled digits' network");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Tell("failed", Errors.Describe(exception));
        }
    }

    /// <summary>Takes a model from a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What to call it.</param>
    /// <exception cref="ModelFileException">It is none; the present one stays.</exception>
    public void Load(string path, string name)
    {
        var (phase, message) = (_phase, _message);
        Tell("preparing", $"opens {name}");
        try
        {
            Use(TrainedModel.Load(_backend, path), name);
        }
        catch
        {
            Tell(phase, message);
            throw;
        }
    }

    /// <summary>Looks at a picture; one that holds no digit is answered with the reason and what was seen.</summary>
    public DrawAnswer Look(GreyPicture picture, string name, (int For, int Against)? pair)
    {
        var start = Stopwatch.GetTimestamp();
        var model = Need();
        if (pair is { } classes && Math.Max(classes.For, classes.Against) >= model.Model.ClassNames.Count)
        {
            throw RequestException.Malformed($"there are only {model.Model.ClassNames.Count} classes");
        }

        DrawAnswer answer;
        try
        {
            answer = model.Look(picture, name, pair);
        }
        catch (DataException exception)
        {
            answer = new DrawAnswer
            {
                Steps = [PictureState.Of("grey", picture)],
                WhyNone = $"{exception.Message} ({Describe(picture)})",
            };
        }

        return answer with { Milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds };
    }

    /// <summary>"That was a 7."</summary>
    public LessonResult Teach(GreyPicture picture, int label)
    {
        var model = Need();
        if (label >= model.Model.ClassNames.Count)
        {
            throw RequestException.Malformed($"'label' is {label}, but there are only {model.Model.ClassNames.Count} classes");
        }

        var result = _teacher!.Teach(model.Prepare(picture, "the drawing").Pixels, (byte)label);
        Tell("ready", null);
        return result;
    }

    /// <summary>Takes the last lesson back.</summary>
    public void Undo()
    {
        Need();
        if (!_teacher!.Undo())
        {
            throw RequestException.Conflict("there is no lesson to take back");
        }

        Tell("ready", null);
    }

    /// <summary>Saves the model as it is now, lessons included.</summary>
    public void SaveModel(string path) => Need().Model.Save(path);

    public void Dispose()
    {
        _model?.Dispose();
        _backend.Dispose();
    }

    private DrawModel Need() => _model ?? throw RequestException.Conflict(_message ?? "the network is not ready yet");

    private void Use(TrainedModel model, string name)
    {
        var next = new DrawModel(model, name);
        _model?.Dispose();
        _model = next;
        _teacher = new Teacher(next);
        Tell("ready", null);
    }

    private void Tell(string phase, string? message)
    {
        (_phase, _message) = (phase, message);
        var model = _model?.Model;
        var pictures = _model?.Pictures is { } known ? $"{Figures.Count(known.Count)} pictures of {known.Name}" : null;
        Feed.Publish("state", new DrawState(
            _phase, _message, _model?.Name, model is null ? null : NetworkLines.Shape(model.Network),
            model?.ClassNames, pictures, _teacher?.Lessons ?? 0));
    }

    /// <summary>What was seen of a picture in which no digit was found.</summary>
    public static string Describe(GreyPicture picture) =>
        $"seen: {picture.Width}x{picture.Height} pixels, greys from {picture.Pixels.Min()} to {picture.Pixels.Max()}";
}
