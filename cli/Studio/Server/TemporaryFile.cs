namespace ScratchNet.Cli.Studio.Server;

/// <summary>Files that live for a moment: models are written and read as files.</summary>
internal static class TemporaryFile
{
    /// <summary>What a function writes into a file.</summary>
    public static byte[] ReadBack(Action<string> write)
    {
        var path = NewPath();
        try
        {
            write(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Gives a function a path that is free again afterwards.</summary>
    public static async Task Use(Func<string, Task> work)
    {
        var path = NewPath();
        try
        {
            await work(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string NewPath() => Path.Combine(Path.GetTempPath(), $"scratchnet-{Guid.NewGuid():N}.safetensors");
}
