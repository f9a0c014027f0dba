namespace ScratchNet.Kernels;

/// <summary>How often, and how much, a backend has copied between host and device.</summary>
public sealed class TransferCount
{
    /// <summary>Number of copies to the device.</summary>
    public long Uploads { get; private set; }

    /// <summary>Bytes copied to the device.</summary>
    public long UploadedBytes { get; private set; }

    /// <summary>Number of copies to the host.</summary>
    public long Downloads { get; private set; }

    /// <summary>Bytes copied to the host.</summary>
    public long DownloadedBytes { get; private set; }

    internal void CountUpload(long bytes)
    {
        Uploads++;
        UploadedBytes += bytes;
    }

    internal void CountDownload(long bytes)
    {
        Downloads++;
        DownloadedBytes += bytes;
    }
}
