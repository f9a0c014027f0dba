using System.Globalization;
using System.Text.Json;
using ScratchNet.Cli;

namespace ScratchNet.Perf;

/// <summary>
/// What CLBlast's own tuners found: the files that clblast_tuner_xgemm and clblast_tuner_xgemm_direct leave in the folder they
/// are run in.
/// </summary>
/// <param name="Kernels">For each kernel that was tuned, the parameters with the shortest time.</param>
internal sealed record ClBlastTuning(IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Kernels)
{
    /// <summary>Size from which CLBlast takes its other kernel, which needs padded and transposed copies.</summary>
    private const string Threshold = "XGEMM_MIN_INDIRECT_SIZE";

    /// <summary>Reads the files of a folder.</summary>
    /// <exception cref="FailureException">There are none, or one is damaged.</exception>
    public static ClBlastTuning Read(string folder)
    {
        var best = new Dictionary<string, (double Time, IReadOnlyDictionary<string, int> Parameters)>();
        string[] found = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "clblast_xgemm*_32.json").Order()] : [];
        foreach (var file in found)
        {
            try
            {
                using var json = JsonDocument.Parse(File.ReadAllBytes(file));
                var root = json.RootElement;
                var kernel = root.GetProperty("kernel_family").GetString()!.Contains("direct", StringComparison.Ordinal)
                    ? "XgemmDirect" : "Xgemm";
                var time = double.Parse(root.GetProperty("best_time").GetString()!, CultureInfo.InvariantCulture);
                if (!best.TryGetValue(kernel, out var known) || time < known.Time)
                {
                    best[kernel] = (time, Parse(root.GetProperty("best_parameters").GetString()!));
                }
            }
            catch (Exception exception) when (
                exception is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
            {
                throw new FailureException($"{file} is no result of CLBlast's tuners: {exception.Message}");
            }
        }

        return best.Count > 0 ? new ClBlastTuning(best.ToDictionary(of => of.Key, of => of.Value.Parameters))
            : throw new FailureException($"{folder} has no results of CLBlast's tuners: run clblast_tuner_xgemm and "
                + "clblast_tuner_xgemm_direct (Debian's clblast-utils) in it");
    }

    /// <summary>Makes CLBlast use the parameters.</summary>
    /// <param name="device">OpenCL's handle of the device.</param>
    public void Apply(nint device)
    {
        foreach (var (kernel, parameters) in Kernels)
        {
            ClBlast.Override(device, kernel, parameters);
        }
    }

    /// <summary>
    /// Makes CLBlast use one of its two kernels for everything: which is faster at a size depends on the parameters just applied.
    /// </summary>
    public static void Force(nint device, bool isDirect) => ClBlast.Override(
        device, "GemmRoutine", new Dictionary<string, int> { [Threshold] = isDirect ? int.MaxValue / 2 : 0 });

    /// <summary>Reads <c>NAME=1 NAME=2</c>; the precision is no parameter.</summary>
    private static Dictionary<string, int> Parse(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(word => word.Split('='))
        .Where(pair => pair[0] != "PRECISION")
        .ToDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture));
}
