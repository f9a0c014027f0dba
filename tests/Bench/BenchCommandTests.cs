using System.Text.Json;
using ScratchNet.Cli;
using ScratchNet.Cli.Bench;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;
using ScratchNet.Tests.Cli;
using Xunit;

namespace ScratchNet.Tests.Bench;

public class BenchCommandTests
{
    private static readonly TimingPlan Quick = new(LeastRounds: 3, MostRounds: 3, Noise: 0, Budget: TimeSpan.FromSeconds(1));

    [Theory]
    [InlineData("bench matmull", "'matmull'", "'matmul'")]
    [InlineData("bench --variants smid", "'smid'", "'simd'")]
    [InlineData("bench --device cup", "'cup'", "'cpu'")]
    [InlineData("bench --sizes 0", "--sizes", "'0'")]
    [InlineData("bench --sizes 3x4", "'3x4'", "MxNxK")]
    [InlineData("bench --sizes 8193", "'8193'", "8192")]
    [InlineData("bench --sizes 8x99999x99999", "'8x99999x99999'", "elements")]
    [InlineData("bench activation --sizes 99999x99999", "'99999x99999'", "elements")]
    [InlineData("bench softmax --sizes 268435456", "'268435456'", "elements")]
    [InlineData("bench augment --sizes 5000000", "'5000000'", "elements")]
    [InlineData("bench hardest --sizes 100000", "'100000'", "32768", "each with each")]
    [InlineData("bench softmax --sizes 8x300", "'8x300'", "256")]
    [InlineData("bench reduce --sizes 8x9x7", "'8x9x7'", "column-sums takes MxN")]
    [InlineData("bench --sizes 8,,9", "''", "64x128x784")]
    [InlineData("bench --sizes 8x", "'8x'", "64x128x784")]
    [InlineData("bench step --variants simd", "--variants", "step")]
    [InlineData("bench --threads 2 --device opencl", "--threads", "opencl")]
    [InlineData("bench --network 784", "'784'")]
    [InlineData("bench --network 784-x-10", "'784-x-10'")]
    [InlineData("bench --network 784-65537-10", "'784-65537-10'", "65536")]
    [InlineData("bench --network 65536-65536-10 --batch 1", "'65536-65536-10'", "elements")]
    [InlineData("bench step --network 30000-30000-30000", "'30000-30000-30000'", "elements")]
    [InlineData("bench --network 65536-10 --batch 8,1048576", "'65536-10'", "batch 1048576", "elements")]
    [InlineData("bench --network 60000-9000 --batch 16384", "'60000-9000'", "batch 16384", "hours")]
    [InlineData("bench step --batch 8,1048576", "'bench step' takes 784-", "batch 1048576")]
    [InlineData("bench sgd --network 8-4", "--network")]
    [InlineData("bench --network 8-4 --sizes 8", "exclude")]
    [InlineData("bench --batch 8", "--network")]
    [InlineData("bench step --sizes 8", "--batch")]
    [InlineData("bench --threads 0", "--threads")]
    [InlineData("bench --json --csv", "exclude")]
    [InlineData("bench --plot ladder.pdf", "'ladder.pdf'", ".svg")]
    [InlineData("kernels show matmul", "matmul/reference or matmul/simd")]
    [InlineData("kernels show matmul/tild", "'matmul/tild'", "'matmul/tiled'")]
    [InlineData("kernels show matmul/simd --as ptx", "processor")]
    [InlineData("kernels show matmul/tiled --as ptx --arch sm_91", "'sm_91'", "sm_90")]
    [InlineData("kernels show matmul/tiled --as cuda", "'cuda'", "opencl")]
    public void Wrong_usage_is_one_line(string args, params string[] parts) =>
        InProcess.Refuses(ExitCode.WrongUsage, args, parts);

    [Fact]
    public void A_plot_in_a_missing_folder_is_refused_before_anything_is_measured() =>
        InProcess.Refuses(ExitCode.Failure, "bench --sizes 8 --plot nowhere/ladder.svg", "nowhere");

    // More rows than can be measured before the patience of CliProcess ends.
    [SkippableFact]
    public void Rows_that_nobody_reads_are_not_measured()
    {
        Skip.If(OperatingSystem.IsWindows(), "closed pipes are not told of there");
        using var folder = new TemporaryFolder();
        var sizes = string.Join(',', Enumerable.Range(8, 500));
        using var process = CliProcess.Start(folder.Path, [], "bench", "activation", "--sizes", sizes, "--threads", "1", "--csv");
        Assert.StartsWith("op,variant", process.StandardOutput.ReadLine(), StringComparison.Ordinal);
        process.StandardOutput.Close();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal((ExitCode.Interrupted, ""), (process.ExitCode, process.StandardError.ReadToEnd()));
    }

    [Fact]
    public void A_plot_that_cannot_be_written_is_refused_before_anything_is_measured()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("ladder.PNG"));
        InProcess.Refuses(ExitCode.Failure, $"bench --sizes 8 --plot {folder.File("ladder.PNG")}", "ladder.PNG", "written");
    }

    [Fact]
    public void Trying_a_plot_leaves_nothing_and_harms_nothing()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("old.svg"), "old");
        foreach (var plot in new[] { "new.svg", "old.svg" })
        {
            InProcess.Refuses(ExitCode.WrongUsage, $"bench --sizes 0 --plot {folder.File(plot)}", "--sizes");
        }

        Assert.Equal([folder.File("old.svg")], Directory.GetFiles(folder.Path));
        Assert.Equal("old", File.ReadAllText(folder.File("old.svg")));
    }

    [Theory]
    [InlineData("softmax", "softmax-cross-entropy")]
    [InlineData("reduce", "argmax", "column-sums", "squared-sum")]
    public void A_size_is_for_the_operations_of_a_group_that_can_have_it(string group, params string[] operations)
    {
        var items = BenchRequest.Read(new BenchWords(group, "9x3", null, null, null)).Items;
        Assert.Equal(operations, items.Select(item => item.Case.Operation.Name).Order());
    }

    [Fact]
    public void What_is_asked_for_twice_is_measured_once()
    {
        var request = BenchRequest.Read(new BenchWords(null, "8,8x8x8, 8", null, null, "simd,simd"));
        Assert.Equal(["simd"], request.Variants);
        Assert.Single(request.Items);
        Assert.Equal([7], BenchRequest.Read(new BenchWords("step", null, "8-4", "7,7", null)).Steps.Select(step => step.Batch));

        var result = InProcess.Run("bench", "--network", "6-3", "--batch", "5,5", "--threads", "1,1", "--device", "cpu,cpu",
            "--variants", "simd", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["matmul", "matmul", "epoch"], Objects(result.Out).Select(row => row.GetProperty("op").GetString()));
    }

    [Fact]
    public void An_empty_name_of_a_baseline_is_wrong_usage()
    {
        var result = InProcess.Run("bench", "--sizes", "8", "--baseline", "");
        Assert.Equal((ExitCode.WrongUsage, ""), (result.ExitCode, result.Out));
        InProcess.AssertOneErrorLine(result.Error);
    }

    [Fact]
    public void A_missing_baseline_is_a_failure() =>
        InProcess.Refuses(ExitCode.Failure, "bench --sizes 8 --baseline nowhere.jsonl", "nowhere.jsonl");

    [Fact]
    public void Json_rows_have_the_fields_of_the_bench()
    {
        var result = InProcess.Run(
            "bench", "--sizes", "8", "--threads", "1", "--device", "cpu", "--variants", "simd,naive", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var rows = Objects(result.Out);
        Assert.Equal(["simd", "naive"], rows.Select(row => row.GetProperty("variant").GetString()));
        string[] texts = ["op", "variant", "backend", "device", "transpose"];
        string[] numbers = ["m", "n", "k", "median_seconds", "spread", "gflops", "gbps", "percent_of_peak", "error_ulp",
            "compile_seconds", "copy_seconds", "threads"];
        Assert.All(texts, name => Assert.Equal(JsonValueKind.String, rows[0].GetProperty(name).ValueKind));
        Assert.All(numbers, name => Assert.Equal(JsonValueKind.Number, rows[0].GetProperty(name).ValueKind));
        Assert.Equal(JsonValueKind.Null, rows[0].GetProperty("batch").ValueKind);
        Assert.True(rows[0].GetProperty("verified").GetBoolean());
        Assert.False(rows[1].GetProperty("verified").GetBoolean());
        Assert.NotEqual("", rows[1].GetProperty("reason").GetString());
        Assert.Equal(BenchColumns.All.Select(column => column.Name), rows[1].EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public void A_training_step_is_measured_and_its_loss_checked()
    {
        var result = InProcess.Run(
            "bench", "step", "--network", "20-9-4", "--batch", "7", "--threads", "1", "--device", "cpu", "--csv");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([BenchColumns.CsvHeader, lines[1]], lines);
        Assert.StartsWith("step,training,cpu,", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bench --sizes 8 --variants direct --device cpu")]
    [InlineData("bench --network 6-4-3 --batch 5,7 --variants direct --device cpu")]
    public void A_run_without_any_figure_fails_and_says_why_once(string args)
    {
        var result = InProcess.Run(args.Split(' '));
        Assert.Equal(ExitCode.Failure, result.ExitCode);
        InProcess.AssertOneErrorLine(result.Error);
        Assert.Single(result.Out.Split('\n'), line => line.Contains("direct is made for GPUs", StringComparison.Ordinal));
        Assert.Single(result.Out.Split('\n'), line => line.StartsWith("matmul", StringComparison.Ordinal));
    }

    [Fact]
    public void A_device_without_the_memory_for_a_step_has_a_row_that_says_so()
    {
        using var backend = GpuDevices.OpenSimulator(memoryBytes: 1000);
        var row = new StepBench(backend, PeaksExtensions.Of(backend), Quick, default).Run([20, 9, 4], 7);
        Assert.Equal((null, false), (row.MedianSeconds, row.IsWrong));
        Assert.Contains("memory", row.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_above_its_floor_is_refused_after_the_peaks_of_its_parts_were_measured_again()
    {
        using var backend = new CpuBackend(1);
        var peaks = new FakePeaks(1e-9);
        var row = new StepBench(backend, peaks, Quick, default).Run([20, 9, 4], 7);
        Assert.StartsWith("refused", row.Reason, StringComparison.Ordinal);
        Assert.Equal((null, null, true), (row.MedianSeconds, row.PercentOfPeak, row.Verified));
        Assert.Equal(6, peaks.Remeasured); // five products and Adam
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("simulator")]
    public void A_step_whose_update_is_wrong_is_found_by_the_loss_after_it(string device)
    {
        using var backend = Devices.Open(device, threads: 0);
        StepBench Bench(float rate) => new(backend, new FakePeaks(1e9), Quick, default)
        {
            MakeOptimizer = () => new Adam(rate),
        };
        Assert.True(Bench(1e-3f).Run([20, 9, 4], 7) is { Verified: true, IsWrong: false, MedianSeconds: > 0 });
        var wrong = Bench(1.01e-3f).Run([20, 9, 4], 7);
        Assert.Equal((true, false, null), (wrong.IsWrong, wrong.Verified, wrong.MedianSeconds));
        Assert.Contains("element 1", wrong.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_is_ranked_and_its_break_even_told_to_programs_too()
    {
        var result = InProcess.Run("bench", "--network", "6-4-3", "--batch", "5", "--threads", "1", "--device", "cpu,simulator",
            "--variants", "simd,naive", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var rows = Objects(result.Out);
        var places = rows.Where(row => row.GetProperty("op").GetString() == "epoch").ToArray();
        Assert.Equal(["cpu", "simulator"], places.Select(row => row.GetProperty("backend").GetString()));
        Assert.All(places, row => Assert.Equal(5, row.GetProperty("batch").GetInt32()));
        Assert.True(places[0].GetProperty("saves_seconds").GetDouble() > 0);
        var breakEven = Assert.Single(rows, row => row.GetProperty("op").GetString() == "break-even");
        Assert.Contains("cpu x1 is faster", breakEven.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_simulator_gets_small_sizes_and_no_peak()
    {
        var words = new BenchWords("all", null, null, null, null);
        Assert.True(BenchRequest.Read(words, isSlow: true).Items.Max(item => item.Shape.M * item.Shape.N) < 20_000);
        Assert.Contains(BenchRequest.Read(words).Items, item => item.Shape.M >= 1 << 24);
        using var backend = GpuDevices.OpenSimulator();
        Assert.Null(PeaksExtensions.Of(backend).Gflops);
    }

    [Fact]
    public void Steps_are_those_of_four_networks_unless_others_are_asked_for()
    {
        Assert.Equal(4, BenchRequest.Read(new BenchWords("step", null, null, null, null)).Steps
            .DistinctBy(step => step.Layers[1] * step.Layers.Length).Count());
        Assert.Equal(
            [7, 9], BenchRequest.Read(new BenchWords("step", null, "8-4", "7,9", null)).Steps.Select(step => step.Batch));
        Assert.Equal(
            [3, 3, 3, 3], BenchRequest.Read(new BenchWords("step", null, null, "3", null)).Steps.Select(step => step.Batch));
    }

    [Theory]
    [InlineData(".svg", "<?xml")]
    [InlineData(".png", "\u2030PNG")]
    [InlineData(".SVG", "<?xml")]
    public void A_plot_is_a_picture(string extension, string start)
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + extension);
        try
        {
            var row = BaselineTests.Row(1e-3) with { Gflops = 10, Gbps = 2 };
            BenchPlot.Write(file, [row, row with { Variant = "reference", Gflops = 1 }],
                [new Roof("cpu x1", 20, 10), new Roof("cpu x2", 40, 15)]);
            var bytes = File.ReadAllBytes(file);
            Assert.Equal(start.Select(c => c == '\u2030' ? (byte)0x89 : (byte)c), bytes.Take(start.Length));
            Assert.True(bytes.Length > 5000);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(2, 60, new[] { 2.0, 5, 10, 20, 50 })]
    [InlineData(110, 190, new[] { 120.0, 140, 160, 180 })]
    [InlineData(4.1, 5.9, new[] { 4.5, 5.0, 5.5 })]
    [InlineData(0.03, 0.07, new[] { 0.03, 0.04, 0.05, 0.06, 0.07 })]
    public void Where_few_powers_of_ten_fit_an_axis_has_round_numbers(double least, double most, double[] ticks)
    {
        var numbers = DecadeTicks.Between(Math.Log10(least) - 1e-9, Math.Log10(most) + 1e-9);
        Assert.Equal(ticks.Length, numbers.Length);
        Assert.All(ticks.Zip(numbers), pair => Assert.Equal(pair.First, pair.Second, 9));
    }

    [Fact]
    public void Csv_fields_with_commas_stand_in_quotes()
    {
        var row = BaselineTests.Row(1) with { Device = "a \"big\", fast one" };
        Assert.Contains(
            ",\"a \"\"big\"\", fast one\",", BenchColumns.Csv(new ReportedRow(row, null, null)), StringComparison.Ordinal);
    }

    [Fact]
    public void Kernels_lists_every_variant_of_every_operation()
    {
        var result = InProcess.Run("kernels", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var listed = Objects(result.Out)
            .Select(row => (row.GetProperty("op").GetString()!, row.GetProperty("variant").GetString()!));
        var all = Operations.All.SelectMany(
            operation => operation.Variants, (operation, variant) => (operation.Name, variant.Name));
        Assert.Equal(all, listed);
        Assert.Equal(result, InProcess.Run("kernels", "list", "--json"));
    }

    [Theory]
    [InlineData("ptx", ".entry")]
    [InlineData("opencl", "kernel void")]
    public void Every_kernel_of_a_tiled_rung_is_headed_by_its_tile(string language, string entry)
    {
        var result = InProcess.Run("kernels", "show", "matmul/register-2d", "--as", language);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var tiles = MatMulRegister2D.Tiles.Shapes.Select(shape => $"// register-2d, tile {shape.Name}: groups of {shape.Threads}");
        var lines = result.Out.Split('\n');
        Assert.Equal(tiles, lines.Where(line => line.StartsWith("// register-2d", StringComparison.Ordinal)));
        Assert.Equal(tiles.Count(), lines.Count(line => line.Contains(entry, StringComparison.Ordinal)));
    }

    [Fact]
    public void What_is_shown_of_a_library_says_that_it_only_follows_it() => Assert.StartsWith(
        "// cublas is a library", InProcess.Run("kernels", "show", "matmul/cublas", "--as", "ptx").Out, StringComparison.Ordinal);

    [Fact]
    public void Every_variant_has_source_and_il()
    {
        foreach (var variant in Operations.All.SelectMany(operation => operation.Variants))
        {
            Assert.Contains("namespace ScratchNet.Kernels", KernelText.CSharp(variant), StringComparison.Ordinal);
            var methods = KernelText.Methods(variant);
            Assert.NotEmpty(methods);
            Assert.All(methods, method => Assert.EndsWith("ret\n", IlText.Of(method), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_gpu_kernel_has_ptx_and_opencl()
    {
        var kernels = Operations.All.SelectMany(operation => operation.Variants).SelectMany(variant => variant.Kernels);
        foreach (var kernel in kernels.Distinct())
        {
            Assert.Contains("kernel void", KernelText.OpenCl(kernel), StringComparison.Ordinal);
            Assert.All(["sm_75", "sm_80", "sm_90"], architecture =>
                Assert.Contains(".entry", KernelText.Ptx(kernel, architecture), StringComparison.Ordinal));
        }
    }

    private static JsonElement[] Objects(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}
