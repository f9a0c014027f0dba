using ScratchNet.Kernels;
using System.Globalization;
using ScratchNet.Engine.Files;
using ScratchNet.Training;

namespace ScratchNet.Cli.Runs;

/// <summary>Where a run's files are.</summary>
/// <param name="Model">The finished model.</param>
/// <param name="Checkpoint">What the run can be resumed from.</param>
/// <param name="Folder">The other files about the run; null when only a model was asked for.</param>
internal sealed record RunFiles(string Model, string Checkpoint, RunFolder? Folder = null)
{
    /// <summary>What the names of models and checkpoints end in.</summary>
    public const string Extension = ".safetensors";

    private const string ModelName = "model.safetensors";
    private const string CheckpointName = "checkpoint.safetensors";

    /// <summary>The state after the last good epoch, while a run may have to go back there.</summary>
    public string LastGood => Path.ChangeExtension(Checkpoint, ".good" + Extension);

    /// <summary>What to give --resume.</summary>
    public string ResumePath => Path.GetFileName(Checkpoint) == CheckpointName ? Path.GetDirectoryName(Checkpoint)! : Checkpoint;

    /// <summary>Throws unless what was asked for can be the place of a run.</summary>
    /// <param name="request">Asks for a folder, for a model file, or for neither.</param>
    /// <exception cref="UsageException">It asks for both, or for a file whose name is not a model's.</exception>
    public static void Check(TrainRequest request)
    {
        if (request is { Run: { }, Output: { } })
        {
            throw new UsageException(
                "--run and --output contradict each other: a run's folder holds its model; leave one out");
        }

        if (request.Output is { } output && !output.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--output is '{output}', but the name of a model's file must end in {Extension}; "
                + "for a run's folder there is --run");
        }
    }

    /// <summary>The files of a new run; nothing is created yet.</summary>
    /// <param name="request">Asks for a folder or a model file; for neither, there will be a new folder in <c>runs</c>.</param>
    /// <param name="dataset">Name of the data set.</param>
    public static RunFiles ForNew(TrainRequest request, string dataset) => request.Output is { } output
        ? new RunFiles(output, output[..^Extension.Length] + "." + CheckpointName)
        : ForNew(request.Run, dataset);

    /// <summary>The files of a new run; nothing is created yet.</summary>
    /// <param name="folder">Its folder, or null for a new one in <c>runs</c>.</param>
    /// <param name="dataset">Name of the data set.</param>
    public static RunFiles ForNew(string? folder, string dataset) => InFolder(folder ?? NewFolder(dataset, DateTime.Now));

    /// <summary>The files of a run that goes on: beside the checkpoint that it goes on from.</summary>
    public static RunFiles Beside(string checkpoint)
    {
        checkpoint = CheckpointFiles.NewestOf(checkpoint);
        var folder = Path.GetDirectoryName(checkpoint) ?? "";
        var name = Path.GetFileName(checkpoint);
        var model = name switch
        {
            CheckpointName => ModelName,
            _ when name.EndsWith("." + CheckpointName, StringComparison.Ordinal) =>
                name[..^(CheckpointName.Length + 1)] + Extension,
            _ => Path.GetFileNameWithoutExtension(name) + "." + ModelName,
        };
        return new RunFiles(Path.Combine(folder, model), checkpoint, name == CheckpointName ? new RunFolder(folder) : null);
    }

    /// <summary>The checkpoint that a person means: a file, or the one of a run's folder.</summary>
    public static string FindCheckpoint(string path) => Directory.Exists(path) ? Path.Combine(path, CheckpointName) : path;

    /// <summary>The checkpoint of the run that a model is of: itself, or what lies beside it; null where none can be
    /// read.</summary>
    /// <param name="model">The model's file.</param>
    public static Checkpoint? CheckpointOf(string model)
    {
        var name = Path.GetFileName(model) == ModelName
            ? CheckpointName
            : $"{Path.GetFileNameWithoutExtension(model)}.{CheckpointName}";
        string[] files = [model, Path.Combine(Path.GetDirectoryName(model) ?? "", name)];
        foreach (var file in files)
        {
            try
            {
                return CheckpointFiles.Read(file, _ => { });
            }
            catch (ModelFileException)
            {
                // It is a model alone, missing or damaged.
            }
        }

        return null;
    }

    /// <summary>The model that a person means: a file, or the one of a run's folder, or its checkpoint until then.</summary>
    public static string FindModel(string path)
    {
        if (!Directory.Exists(path))
        {
            return path;
        }

        var model = Path.Combine(path, ModelName);
        var checkpoint = Path.Combine(path, CheckpointName);
        return File.Exists(model) || !File.Exists(checkpoint) ? model : checkpoint;
    }

    /// <summary>The same, but of a run that has no model yet the newest checkpoint that is whole.</summary>
    /// <param name="path">A file, or a run's folder.</param>
    /// <param name="warn">Told in a line when a damaged checkpoint is passed over.</param>
    /// <exception cref="ModelFileException">All of its checkpoints are damaged.</exception>
    public static string FindWholeModel(string path, Action<string> warn)
    {
        if (!Directory.Exists(path))
        {
            return path;
        }

        var model = Path.Combine(path, ModelName);
        var checkpoint = FindCheckpoint(path);
        return File.Exists(model) || !CheckpointFiles.Exist(checkpoint) ? model : CheckpointFiles.Read(checkpoint, warn).Path;
    }

    /// <summary>The same for a command that cannot do without one.</summary>
    /// <param name="path">A file, or a run's folder.</param>
    /// <param name="warn">Told in a line when a damaged checkpoint is passed over.</param>
    /// <exception cref="FailureException">It is a folder that holds neither; the message names the newest run in it.</exception>
    /// <exception cref="ModelFileException">All of its checkpoints are damaged.</exception>
    public static string NeedModel(string path, Action<string> warn)
    {
        var model = FindWholeModel(path, warn);
        return !Directory.Exists(path) || File.Exists(model)
            ? model
            : throw new FailureException($"{path}: holds no run: there is no {ModelName} and no {CheckpointName} in it; "
                + (NewestRunIn(path) is { } run
                    ? $"give one of the runs in it, such as {run}"
                    : $"give a run's folder or a model, or train one: scratchnet train --run {path}"));
    }

    /// <summary>The folder of the newest run in a folder; null where there is none.</summary>
    public static string? NewestRunIn(string folder) => Directory.Exists(folder)
        ? Directory.GetDirectories(folder).Where(run => File.Exists(FindModel(run))).MaxBy(Directory.GetLastWriteTimeUtc)
        : null;

    /// <summary>Creates the folders and tries to write there, before hours of training are lost.</summary>
    /// <exception cref="IOException">They can't.</exception>
    public void Prepare()
    {
        if (Directory.Exists(Model))
        {
            throw new IOException($"{Model}: is a folder; give the name of a file in it");
        }

        if (Folder is { } folder && File.Exists(folder.Path))
        {
            throw new IOException($"{folder.Path}: is a file; a run needs a folder");
        }

        var probe = Checkpoint + ".probe";
        try
        {
            AtomicFile.Write(probe, _ => { });
            File.Delete(probe);
        }
        catch (IOException exception)
        {
            var reason = (exception.InnerException ?? exception).Message;
            throw new IOException(
                $"{Model}: cannot be written: {reason} Choose another place with --run or --output.", exception);
        }
    }

    /// <summary>Throws when another run that was interrupted would lose its checkpoint.</summary>
    /// <exception cref="FailureException">It would.</exception>
    public void ProtectInterruptedRun()
    {
        if (!CheckpointFiles.Exist(Checkpoint))
        {
            return;
        }

        try
        {
            var other = CheckpointFiles.Read(Checkpoint, _ => { });
            if (!other.IsDone)
            {
                throw new FailureException($"{Checkpoint}: holds a run that was interrupted in epoch {other.Epoch + 1} of "
                    + $"{other.Epochs}: continue it with --resume {ResumePath}, delete it, or choose another --run");
            }
        }
        catch (ModelFileException)
        {
            // Nothing can be resumed from it, so nothing is lost.
        }
    }

    /// <summary>Whether a run that goes on from a checkpoint has its files here.</summary>
    /// <param name="checkpoint">The checkpoint; null for a run that begins.</param>
    public bool AreThoseOf(Checkpoint? checkpoint) => checkpoint is not null
        && Path.GetFullPath(CheckpointFiles.NewestOf(checkpoint.Path)) == Path.GetFullPath(Checkpoint);

    /// <summary>
    /// Removes what a finished run has left in the folder, and says so: until the new run has a model, nobody must take the old one
    /// for it.
    /// </summary>
    /// <param name="warn">Told in a line.</param>
    public void ReplaceFinishedRun(Action<string> warn)
    {
        if (Folder is not { } folder || !File.Exists(Model))
        {
            return;
        }

        warn($"{folder.Path}: held a run that had finished, which this one replaces");
        foreach (var file in new[] { Model, folder.Result, folder.Report }.Concat(folder.EventFiles.ToArray()))
        {
            if (File.Exists(file))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>Removes the run's folder when nothing was saved in it.</summary>
    public void RemoveEmptyFolder()
    {
        if (Folder?.Path is { } folder && Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    private static RunFiles InFolder(string folder) =>
        new(Path.Combine(folder, ModelName), Path.Combine(folder, CheckpointName), new RunFolder(folder));

    /// <summary>A folder in <c>runs</c> that is not there yet.</summary>
    /// <param name="dataset">Name of the data set.</param>
    /// <param name="now">When the run begins.</param>
    public static string NewFolder(string dataset, DateTime now)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{dataset}-{now:yyyyMMdd-HHmmss}");
        var folder = Path.Combine("runs", name);
        for (var number = 2; Directory.Exists(folder); number++)
        {
            folder = Path.Combine("runs", $"{name}-{number}");
        }

        return folder;
    }
}
