namespace ScratchNet.Cli.Runs;

/// <summary>
/// Keeps a second run out of the files of one that is on: an empty file that is held open. The system lets go of it however the process
/// ends, so a run that was killed locks nobody out.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Takes the place of a run.</summary>
    /// <param name="files">The run's files; their folder is there.</param>
    /// <exception cref="FailureException">Another run has it.</exception>
    public RunLock(RunFiles files)
    {
        try
        {
            _file = new FileStream(files.Model + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            throw new FailureException($"{files.Folder?.Path ?? files.Model}: another run is writing there; wait until it ends, or choose "
                + "another place with --run or --output");
        }
    }

    /// <summary>Lets others in.</summary>
    public void Dispose() => _file.Dispose();
}
