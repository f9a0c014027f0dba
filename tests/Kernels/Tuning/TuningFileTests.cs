using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels;

/// <summary>What was tuned is kept and found again; what does not fit, or is damaged, is ignored with one line.</summary>
public sealed class TuningFileTests : IDisposable
{
    private static readonly DeviceInfo Device = new("opencl:0", DeviceKind.OpenCl, "A GPU (rev. 2)", false, 8, 1 << 30, "")
    {
        Driver = "Driver 1.0",
    };

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void What_was_written_is_read()
    {
        var file = Written(Device);
        var read = file.Read(out var warning);
        Assert.Null(warning);
        Assert.Equal(Table().Kernels, read!.Kernels);
        Assert.Equal(Path.Combine(_folder.Path, "opencl-0-a-gpu--rev--2.json"), file.Path);
    }

    [Fact]
    public void Without_a_file_there_is_neither_table_nor_warning()
    {
        Assert.Null(new TuningFile(Device, _folder.Path).Read(out var warning));
        Assert.Null(warning);
    }

    [Fact]
    public void Another_drivers_file_is_ignored_with_one_line()
    {
        Written(Device);
        Assert.Null(new TuningFile(Device with { Driver = "Driver 1.1" }, _folder.Path).Read(out var warning));
        Assert.Contains("another driver", warning, StringComparison.Ordinal);
        Assert.Contains("scratchnet tune --device opencl:0", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_versions_file_is_ignored_with_one_line()
    {
        var file = Written(Device);
        var text = File.ReadAllText(file.Path);
        File.WriteAllText(file.Path, text.Replace("\"version\": \"", "\"version\": \"0.", StringComparison.Ordinal));
        Assert.Null(file.Read(out var warning));
        Assert.Contains("another version", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{ \"version\": \"0.0.0.1\", \"device\": \"A GPU (rev. 2)\", \"driver\": \"Driver 1.0\", \"kernels\": [] }")]
    public void A_file_that_does_not_count_is_rewritten_and_warned_of_once(string content)
    {
        var file = new TuningFile(Device, _folder.Path);
        File.WriteAllText(file.Path, content);
        Assert.Null(file.Read(out var warning));
        Assert.Contains("was rewritten", warning, StringComparison.Ordinal);
        Assert.Null(file.Read(out warning));
        Assert.Null(warning);
        Assert.Equal([file.Path], Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    public void A_damaged_file_is_ignored_with_one_line(string content)
    {
        var file = new TuningFile(Device, _folder.Path);
        File.WriteAllText(file.Path, content);
        Assert.Null(file.Read(out var warning));
        Assert.Contains("it is damaged", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("warp-tile", "warp-tiles")]
    [InlineData("128x128x8", "128x128x9")]
    [InlineData("\"large\"", "\"larger\"")]
    [InlineData("200.5", "\"fast\"")]
    [InlineData("\"variant\": \"tiled\"", "\"variant\": \"cublas\"")]
    public void A_file_that_names_what_there_is_not_is_ignored(string right, string wrong)
    {
        var file = Written(Device);
        var text = File.ReadAllText(file.Path);
        Assert.Contains(right, text, StringComparison.Ordinal);
        File.WriteAllText(file.Path, text.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Null(file.Read(out var warning));
        Assert.Contains("it is damaged", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fastest_counts()
    {
        var table = Table();
        Assert.Equal("warp-tile", table.Variant(MatMulClass.Large));
        Assert.Equal("128x128x8", table.Tile("warp-tile", MatMulClass.Large));
        Assert.Equal("32x32x8", table.Tile("double-buffered", MatMulClass.Large));
        Assert.Null(table.Tile("warp-tile", MatMulClass.FewRows));
    }

    [Fact]
    public void The_built_in_tables_name_a_variant_for_every_class()
    {
        var known = MatMulSpec.Operation.Variants.Where(variant => variant.Target == Target.Gpu)
            .Select(variant => variant.Name).ToArray();
        Assert.All(MatMulClasses.All, kind =>
        {
            Assert.Contains(MatMulTuning.BuiltIn(isProcessor: true).Variant(kind), known);
            Assert.Contains(MatMulTuning.BuiltIn(isProcessor: false).Variant(kind), known);
        });
    }

    public void Dispose() => _folder.Dispose();

    private static MatMulTuning Table() => new(
    [
        new TunedKernel(MatMulClass.Large, "warp-tile", "32x32x8", 100),
        new TunedKernel(MatMulClass.Large, "warp-tile", "128x128x8", 200.5),
        new TunedKernel(MatMulClass.Large, "double-buffered", "32x32x8", 150),
        new TunedKernel(MatMulClass.FewRows, "tiled", null, 3),
        new TunedKernel(MatMulClass.InputGradient, "direct", null, 40),
        new TunedKernel(MatMulClass.Layer, "direct", "8x16", 50),
    ]);

    private TuningFile Written(DeviceInfo device)
    {
        var file = new TuningFile(device, _folder.Path);
        file.Write(Table());
        return file;
    }
}
