namespace ScratchNet.Cli.Runs;

/// <summary>
/// Keeps a second run out of the files of one that is on: an empty file that is held open. The system lets go of it however the
/// process ends, so a run that was killed locks nobody out.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private const int MostTries = 100;

    private readonly FileStream _file;

    /// <summary>Takes the place of a run.</summary>
    /// <param name="files">The run's files; their folder is there.</param>
    /// <exception cref="FailureException">Another run has it.</exception>
    public RunLock(RunFiles files)
    {
        try
        {
            _file = new FileStream(
                files.Model + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            throw new FailureException($"{files.Folder?.Path ?? files.Model}: another run is writing there; wait until it ends, "
                + "or choose another place with --run or --output");
        }
    }

    /// <summary>Takes the place of a run; one whose name does not matter gets the next when another run was quicker.</summary>
    /// <param name="next">The files of a place that is free, or was free a moment ago.</param>
    /// <param name="mayMove">Whether another place will do; it is asked for then.</param>
    /// <exception cref="FailureException">Another run has the place.</exception>
    public static (RunFiles Files, RunLock Lock) Take(Func<RunFiles> next, bool mayMove)
    {
        for (var tries = mayMove ? MostTries : 1; ; tries--)
        {
            var files = next();
            files.Prepare();
            try
            {
                var taken = new RunLock(files);
                if (!mayMove || !File.Exists(files.Model))
                {
                    return (files, taken);
                }

                // The other run has begun and ended meanwhile.
                taken.Dispose();
            }
            catch (FailureException) when (tries > 1)
            {
                // Two runs that begin in the same second would have one name.
            }
        }
    }

    /// <summary>Lets others in.</summary>
    public void Dispose() => _file.Dispose();
}
