using System.Xml.Linq;
using Xunit;

namespace ScratchNet.Tests.Architecture;

/// <summary>The plan of the house: which folders there are, and who may know whom.</summary>
public class ArchitectureTests
{
    private static readonly string[] Folders = ["kernels", "engine", "training", "cli", "tests", "perf"];
    private static readonly string Root = Repository.Root;

    [Fact]
    public void There_are_six_folders_and_no_other()
    {
        var tracked = Directory.GetDirectories(Root).Select(Path.GetFileName)
            .Where(name => name![0] != '.' && name is not ("bin" or "obj"));
        Assert.Equal(Folders.Order(), tracked.Where(HasSources).Order());
    }

    [Theory]
    [InlineData("kernels")]
    [InlineData("engine", "kernels")]
    [InlineData("training", "engine")]
    [InlineData("cli", "training")]
    [InlineData("tests", "cli", "perf")]
    [InlineData("perf", "cli")]
    public void Imports_run_one_way(string folder, params string[] allowed)
    {
        Assert.Subset(allowed.ToHashSet(), ReferencedFolders(folder).ToHashSet());
    }

    [Theory]
    [InlineData("ILGPU", "kernels")]
    [InlineData("ILGPU.Algorithms", "kernels")]
    [InlineData("MathNet.Numerics", "tests", "perf")]
    public void A_package_stays_where_it_belongs(string package, params string[] allowed)
    {
        var users = Folders.Where(folder => Items(folder, "PackageReference").Contains(package));
        Assert.Subset(allowed.ToHashSet(), users.ToHashSet());
    }

    [Theory]
    [InlineData("engine")]
    [InlineData("training")]
    [InlineData("cli")]
    public void Nobody_but_kernels_speaks_ILGPU(string folder)
    {
        Assert.DoesNotContain(Sources(folder), file => File.ReadLines(file).Any(line =>
            line.TrimStart().StartsWith("using ILGPU", StringComparison.Ordinal)
            || line.Contains("ILGPU.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_folder_has_a_chapter()
    {
        Assert.All(Folders.Except(["cli", "tests"]), folder =>
            Assert.True(File.Exists(Path.Combine(Root, folder, "README.md")), $"{folder}/README.md is missing"));
    }

    [Fact]
    public void The_sources_were_found()
    {
        // The checks above pass on an empty list: this one shows that it is not.
        Assert.All(Folders, folder => Assert.NotEmpty(Sources(folder)));
        Assert.Contains("ILGPU", Items("kernels", "PackageReference"));
    }

    private static IEnumerable<string> ReferencedFolders(string folder) =>
        Items(folder, "ProjectReference").Select(path => path.Split('/', '\\')[^2]);

    private static IEnumerable<string> Items(string folder, string kind) =>
        from project in Directory.GetFiles(Path.Combine(Root, folder), "*.csproj")
        from item in XDocument.Load(project).Descendants(kind)
        select item.Attribute("Include")!.Value;

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Where(file =>
            !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static bool HasSources(string? folder) => Sources(folder!).Any();
}
