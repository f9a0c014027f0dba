using ScratchNet.Cli;
using ScratchNet.Cli.Bench;
using ScratchNet.Kernels.Bench;
using ScratchNet.Tests.Cli;
using Xunit;

namespace ScratchNet.Tests.Bench;

public sealed class BaselineTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(0.98, 1.02, "same")]
    [InlineData(0.45, 0.55, "faster")]
    [InlineData(1.90, 2.10, "slower")]
    [InlineData(0.80, 1.20, "can't tell")]
    [InlineData(0.90, 0.99, "can't tell")]
    [InlineData(double.NaN, double.NaN, "can't tell")]
    public void Verdicts_follow_from_the_intervals(double low, double high, string word) =>
        Assert.Equal(word, Baseline.Judge((low, (low + high) / 2, high), (0.99, 1.0, 1.01)).Word);

    [Fact]
    public void A_written_row_is_found_again()
    {
        var row = Row(seconds: 2e-3);
        Write(row);
        var baseline = Baseline.Load(_file);
        Assert.Equal(new Change("same", 1), baseline.Compare(row));
        Assert.Equal(new Change("faster", 4), baseline.Compare(Row(seconds: 0.5e-3)));
        Assert.Equal(new Change("new", null), baseline.Compare(row with { Threads = 1 }));
        Assert.Equal(new Change("new", null), baseline.Compare(row with { Shape = new BenchShape(8, 8, 9) }));
        Assert.Null(baseline.Compare(row with { MedianSeconds = null }));
    }

    [Fact]
    public void Epochs_at_two_batch_sizes_are_two_rows()
    {
        BenchRow Epoch(int batch, double seconds) =>
            Row(seconds) with { Op = "epoch", Shape = new BenchShape(60_000, 10, 784, Batch: batch) };
        Write(Epoch(64, 4), Epoch(128, 2));
        var baseline = Baseline.Load(_file);
        Assert.Equal(new Change("same", 1), baseline.Compare(Epoch(64, 4)));
        Assert.Equal(new Change("same", 1), baseline.Compare(Epoch(128, 2)));
    }

    [Fact]
    public void Another_machine_is_told_by_its_name_or_by_its_caches()
    {
        Write(Row(1) with { Capabilities = "48 KB L1" }, Row(1) with { Device = "an old row's" });
        var baseline = Baseline.Load(_file);
        string? Doubt(string device, string capabilities) => baseline.Doubt("cpu", device, capabilities);
        Assert.Null(Doubt("a processor", "48 KB L1"));
        Assert.Contains("48 KB L1; this one has 32 KB L1", Doubt("a processor", "32 KB L1"), StringComparison.Ordinal);
        Assert.Contains("no row of cpu (another)", Doubt("another", "48 KB L1"), StringComparison.Ordinal);
        Assert.Null(Doubt("an old row's", "32 KB L1"));
    }

    [Fact]
    public void One_card_under_two_backends_is_two_devices()
    {
        BenchRow On(string backend, double seconds) =>
            Row(seconds) with { Backend = backend, Threads = 0, Capabilities = $"as {backend} sees it" };
        Write(On("cuda:0", 1), On("opencl:0", 2));
        var baseline = Baseline.Load(_file);
        Assert.Equal(new Change("same", 1), baseline.Compare(On("cuda:0", 1)));
        Assert.Equal(new Change("same", 1), baseline.Compare(On("opencl:0", 2)));
        Assert.Null(baseline.Doubt("cuda:0", "a processor", "as cuda:0 sees it"));
        Assert.Null(baseline.Doubt("opencl:0", "a processor", "as opencl:0 sees it"));
        Assert.Contains("no row of opencl:1", baseline.Doubt("opencl:1", "a processor", ""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_baseline_of_another_machine_is_warned_of_in_one_line()
    {
        Write(Row(1));
        var result = InProcess.Run("bench", "--sizes", "8", "--threads", "1", "--device", "cpu", "--variants", "simd",
            "--baseline", _file);
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("warning: the baseline has no row of", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"op\":\"matmul\",\"median_seconds\":1,\"m\":\"x\"}")]
    public void A_file_of_something_else_is_refused_with_its_line(string line)
    {
        Write(Row(1));
        File.AppendAllText(_file, line + "\n");
        Assert.Contains("line 2", Assert.Throws<FailureException>(() => Baseline.Load(_file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"median_seconds\":1", "\"median_seconds\":\"x\"")]
    [InlineData("\"median_seconds\":1", "\"median_seconds\":0")]
    [InlineData("\"median_seconds\":1", "\"median_seconds\":-1")]
    [InlineData("\"median_seconds\":1", "\"median_seconds\":1e999")]
    [InlineData("\"median_seconds\":1", "\"median_seconds\":2")]
    [InlineData("\"low_seconds\":0.99", "\"low_seconds\":false")]
    public void A_time_that_cannot_be_is_refused_with_its_line(string written, string changed)
    {
        Write(Row(1));
        var line = File.ReadAllText(_file);
        Assert.Contains(written + ",", line, StringComparison.Ordinal);
        File.AppendAllText(_file, "\n" + line.Replace(written + ",", changed + ",", StringComparison.Ordinal));
        Assert.Contains("line 3", Assert.Throws<FailureException>(() => Baseline.Load(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_without_an_interval_is_one_that_tells_nothing()
    {
        Write(Row(1) with { LowSeconds = null, HighSeconds = null });
        Assert.Equal(new Change("can't tell", 1), Baseline.Load(_file).Compare(Row(1)));
    }

    [Fact]
    public void A_file_without_figures_is_refused()
    {
        Write(Row(1) with { MedianSeconds = null });
        Assert.Contains(_file, Assert.Throws<FailureException>(() => Baseline.Load(_file)).Message, StringComparison.Ordinal);
    }

    internal static BenchRow Row(double seconds) => new()
    {
        Op = "matmul",
        Variant = "simd",
        Backend = "cpu",
        Device = "a processor",
        Shape = new BenchShape(8, 8, 8),
        Sizes = "8x8 · 8x8",
        Threads = 2,
        MedianSeconds = seconds,
        LowSeconds = 0.99 * seconds,
        HighSeconds = 1.01 * seconds,
    };

    private void Write(params BenchRow[] rows)
    {
        using var writer = new StreamWriter(_file);
        Array.ForEach(rows, row => BenchColumns.WriteJson(writer, new ReportedRow(row, null, null)));
    }
}
