using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>
/// Short hashes of the weights at certain steps. After a rewind the same steps must give the same bits: each time one comes by
/// again it is compared.
/// </summary>
internal sealed class Fingerprints
{
    private const int Bytes = 6;

    private readonly Dictionary<long, string> _before = [];
    private readonly Dictionary<long, string> _now = [];

    /// <summary>How many steps have been compared with the run before the rewind.</summary>
    public int Compared { get; private set; }

    /// <summary>How many of them had the same bits.</summary>
    public int Same { get; private set; }

    /// <summary>The hash of weights.</summary>
    public static string Of(float[] weights) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(weights)).AsSpan(0, Bytes));

    /// <summary>Notes the weights after a step.</summary>
    /// <param name="step">The step; 0 for the start.</param>
    /// <param name="hash">Their hash.</param>
    public void Note(long step, string hash)
    {
        if (_now.TryAdd(step, hash) && _before.TryGetValue(step, out var before))
        {
            Compared++;
            Same += before == hash ? 1 : 0;
        }
    }

    /// <summary>Begins again, keeping what there was to compare with.</summary>
    public void Rewind()
    {
        foreach (var (step, hash) in _now)
        {
            _before.TryAdd(step, hash);
        }

        _now.Clear();
        (Compared, Same) = (0, 0);
    }
}
