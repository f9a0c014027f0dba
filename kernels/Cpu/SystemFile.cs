namespace ScratchNet.Kernels;

/// <summary>Small files in which Linux tells about the machine.</summary>
internal static class SystemFile
{
    /// <summary>The first line; null where there is no such file or it may not be read.</summary>
    public static string? FirstLine(string path) => Lines(path).FirstOrDefault();

    /// <summary>All lines; none where there is no such file or it may not be read.</summary>
    public static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
