using System.Globalization;
using System.Text.RegularExpressions;

namespace ScratchNet.Tests.Kernels;

/// <summary>What a matmul rung claims beyond what holds for every kernel.</summary>
/// <param name="FusedShare">Least share of multiply-adds in its inner loop, moves between registers not counted: the assembler
/// has none of them left when it has dealt out the registers.</param>
/// <param name="WideShared">128-bit loads from shared memory in its inner loop.</param>
/// <param name="WideGlobal">Whether it reads and writes global memory 128 bits at a time.</param>
internal sealed record PtxClaims(double FusedShare, int WideShared, bool WideGlobal);

/// <summary>
/// Reads the PTX that ILGPU makes of a kernel and names what would be slow, or not run at all, by construction.
/// </summary>
internal static partial class PtxLint
{
    // What every architecture from sm_75 to sm_90 grants a group without asking.
    private const int MostShared = 48 * 1024;
    private const int MostThreads = 1024;
    private const int Registers = 64 * 1024;
    private const int MostRegistersPerThread = 255;

    private static readonly (string Pattern, string Fault)[] Patterns =
    [
        (@"\.local\b", "local memory"),
        (@"\bcall\b|\.extern \.func", "call"),
        (@"\b(ld|st)\.(volatile\.)?(v[24]\.)?[fbus](8|16|32|64)\b", "load or store through a generic pointer"),
        (@"\b(tanh|ex2|lg2)\.approx", "approximation"),
        (@"\.f64\b", "double precision"),
        (@"\b(atom|red)\.", "atomic"),
    ];

    /// <summary>Everything that is wrong with a kernel's code.</summary>
    /// <param name="ptx">The code.</param>
    /// <param name="threads">Threads of the largest group that it is launched with.</param>
    /// <param name="sharedBytes">The shared memory that the device is asked for beforehand; null where nobody asks.</param>
    /// <param name="claims">What it claims beyond; null for a kernel that claims nothing.</param>
    public static IEnumerable<string> Faults(string ptx, int threads, long? sharedBytes = null, PtxClaims? claims = null)
    {
        foreach (var (pattern, fault) in Patterns)
        {
            if (Regex.Match(ptx, pattern) is { Success: true } match)
            {
                yield return $"{fault}: {ptx[match.Index..ptx.IndexOf('\n', match.Index)]}";
            }
        }

        var shared = SharedDeclaration().Matches(ptx)
            .Sum(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        if (shared > MostShared || (sharedBytes ?? shared) != shared)
        {
            yield return $"shared memory: {shared} bytes, with {sharedBytes ?? MostShared} asked for";
        }

        // The assembler may give a thread all the registers it wants; a group must still fit on a multiprocessor.
        if (threads > MostThreads || threads * MostRegistersPerThread > Registers)
        {
            yield return $"group size: {threads} threads cannot have {MostRegistersPerThread} registers each";
        }

        foreach (var fault in claims is null ? [] : BrokenClaims(ptx, claims))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> BrokenClaims(string ptx, PtxClaims claims)
    {
        var loop = InnerLoop(ptx);
        var fused = Count(loop, "fma.rn.f32");
        if (fused < claims.FusedShare * loop.Count)
        {
            yield return $"multiply-adds: {fused} of {loop.Count} instructions of the inner loop";
        }

        if (Count(loop, "mul.f32") + Count(loop, "add.f32") > 0)
        {
            yield return "multiply-adds: a product or a sum stands alone in the inner loop";
        }

        if (Count(loop, "ld.shared.v4.f32") < claims.WideShared)
        {
            yield return $"wide loads: {Count(loop, "ld.shared.v4.f32")} of {claims.WideShared} in the inner loop";
        }

        if (claims.WideGlobal && !(ptx.Contains("ld.global.v4.f32", StringComparison.Ordinal)
            && ptx.Contains("st.global.v4.f32", StringComparison.Ordinal)))
        {
            yield return "wide loads: global memory is not read and written 128 bits at a time";
        }
    }

    /// <summary>The straight stretch of code, between labels and branches, with the most multiply-adds; without moves.</summary>
    private static IReadOnlyList<string> InnerLoop(string ptx) =>
        [.. Regex.Split(ptx, @"\n[^\n]*(?:L_\d+:|bra)[^\n]*")
            .Select(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(line => line.EndsWith(';') && !line.StartsWith('.')
                    && !line.StartsWith("mov.", StringComparison.Ordinal)).ToArray())
            .MaxBy(block => Count(block, "fma.rn.f32") + Count(block, "mul.f32"))!];

    private static int Count(IReadOnlyList<string> lines, string instruction) =>
        lines.Count(line => line.StartsWith(instruction, StringComparison.Ordinal));

    [GeneratedRegex(@"\.shared[^;\n]*\[(\d+)\]")]
    private static partial Regex SharedDeclaration();
}
