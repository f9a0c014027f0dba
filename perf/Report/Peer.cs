using System.Reflection;

namespace ScratchNet.Perf;

/// <summary>Something that people use today, to compare with.</summary>
/// <param name="Name">What it is called in rows and by <c>--peers</c>.</param>
/// <param name="WhyNot">Why it cannot be used here, in one line with what to do; null when it can.</param>
internal sealed record Peer(string Name, Func<string?> WhyNot)
{
    /// <summary>The name and version of a library by its assembly.</summary>
    public static string Describe(Assembly library)
    {
        var version = library.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return $"{library.GetName().Name} {version?.Split('+')[0] ?? library.GetName().Version!.ToString()}";
    }
}
