namespace ScratchNet.Tests.Engine.Files;

/// <summary>A folder of one test's own, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("scratchnet-").FullName;

    public string File(string name) => Path.Combine(_path, name);

    /// <summary>All that lies in the folder, hidden files included.</summary>
    public string[] Names() => [.. Directory.GetFileSystemEntries(_path).Select(entry => Path.GetFileName(entry)).Order()];

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
