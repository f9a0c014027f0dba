using System.Globalization;

namespace ScratchNet.Cli.Output;

/// <summary>Numbers as people read them, the same in every country.</summary>
internal static class Figures
{
    /// <summary>A share, such as <c>97.60%</c>.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.00}%");

    /// <summary>A loss, with the digits that matter.</summary>
    public static string Loss(double loss) =>
        loss.ToString(Math.Abs(loss) is < 0.01 or >= 1e6 ? "0.00e-0" : "0.0000", CultureInfo.InvariantCulture);

    /// <summary>A count, such as <c>60,000</c>.</summary>
    public static string Count(double count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A size, such as <c>47.0 MB</c>: thousands of thousands, as disks are sold.</summary>
    public static string Bytes(double bytes) => bytes < 1e9
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB");

    /// <summary>A time, such as <c>1.52 s</c>, <c>48 s</c> or <c>3 min 20 s</c>.</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds) || seconds < 9.995)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s");
        }

        var whole = (long)Math.Round(seconds);
        return whole switch
        {
            < 120 => $"{whole} s",
            < 7200 => $"{whole / 60} min {whole % 60:00} s",
            _ => $"{whole / 3600} h {whole % 3600 / 60:00} min",
        };
    }
}
