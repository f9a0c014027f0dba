using System.CommandLine;
using ScratchNet.Cli.Bench;
using ScratchNet.Cli.Parsing;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet bench</c>: how fast every way to compute an operation is, and how exact.</summary>
internal static class BenchCommand
{
    public static Command Create(Terminal terminal)
    {
        var options = new Options();
        var command = new ExampledCommand("bench",
            "Measures operations: every variant is checked against double precision, then timed against the machine's peak.",
            ("scratchnet bench", "the matrix product, plain to fast"),
            ("scratchnet bench matmul --network 784-128-10 --batch 64", "ranked by what a network needs"),
            ("scratchnet bench step", "whole training steps, with their floor"),
            ("scratchnet bench all --json > before.jsonl", "to compare with later (about two minutes)"),
            ("scratchnet bench all --baseline before.jsonl", "what has changed since"));
        command.Add(options.Target);
        foreach (var option in options.All)
        {
            command.Add(option);
        }

        command.SetAction(parse => Run(parse, options, terminal));
        return command;
    }

    private static int Run(ParseResult parse, Options options, Terminal terminal)
    {
        var settings = options.Settings(parse);
        var words = new BenchWords(
            parse.GetValue(options.Target), parse.GetValue(options.Sizes), parse.GetValue(options.Network),
            parse.GetValue(options.Batch), parse.GetValue(options.Variants));
        var request = BenchRequest.Read(words, isSlow: settings.Devices?.Contains("simulator") ?? false);
        return new BenchRun(request, settings, terminal).Run();
    }

    private sealed class Options
    {
        public Argument<string?> Target { get; } = new("OPERATION")
        {
            Description = "matmul, activation, softmax, reduce, optimizer, data, step, all, or one operation [default: matmul]",
            Arity = ArgumentArity.ZeroOrOne,
        };

        public Option<string?> Sizes { get; } = CommonOptions.Text("--sizes", "SIZES", "such as 256,512 or 64x128x784 (m, n, k)");

        public Option<string?> Network { get; } = CommonOptions.Text("--network", "LAYERS",
            "a network's layer shapes, forward and backward, such as 784-128-10 [default for step: four networks]");

        public Option<string?> Batch { get; } = CommonOptions.Text(
            "--batch", "N,...", "batch sizes for --network or step [default: 64]");

        public Option<string?> Variants { get; } = CommonOptions.Text("--variants", "NAMES",
            "only these, such as reference,simd [default: all that the device runs]");

        public IEnumerable<Option> All =>
            [Sizes, Network, Batch, _device, Variants, _threads, _json, _csv, _markdown, _plot, _baseline];

        private readonly Option<string?> _device = CommonOptions.Text("--device", "DEVICES",
            "such as cpu or cpu,opencl:0 [default: cpu, and the GPU if there is one]");

        private readonly Option<string?> _threads = CommonOptions.Text("--threads", "N,...",
            "threads for the cpu [default: one a processor]");
        private readonly Option<bool> _json = CommonOptions.Json();
        private readonly Option<bool> _csv = CommonOptions.Flag("--csv", "rows with commas between their fields");
        private readonly Option<bool> _markdown = CommonOptions.Flag("--markdown", "tables for a README");
        private readonly Option<string?> _plot = CommonOptions.Path("--plot", "FILE",
            "draw the ladder and a roofline: a .svg or .png file");

        private readonly Option<string?> _baseline = CommonOptions.Path("--baseline", "FILE",
            "compare with what 'bench --json' wrote earlier: faster, slower, same, or can't tell");

        public BenchSettings Settings(ParseResult parse)
        {
            var devices = parse.GetValue(_device)?.Split(',', StringSplitOptions.TrimEntries).Distinct().ToArray();
            foreach (var device in devices ?? [])
            {
                CommonOptions.CheckDevice(_device.Name, device);
            }

            if (parse.GetValue(_threads) is not null && devices?.Any(device => device is "cpu" or "auto") == false)
            {
                throw new UsageException(
                    $"--threads is for the cpu, which is not among the devices of --device {string.Join(',', devices)}");
            }

            IReadOnlyList<int> threads = parse.GetValue(_threads) is { } counts
                ? [.. Values.Wholes(_threads.Name, counts, 1, CommonOptions.MaxThreads).Distinct()] : [0];
            return new BenchSettings(devices, threads, Format(parse), parse.GetValue(_baseline), Plot(parse));
        }

        /// <summary>The picture's name, when it can be written: nobody shall measure for minutes and then learn otherwise.</summary>
        private string? Plot(ParseResult parse)
        {
            if (parse.GetValue(_plot) is not { } plot)
            {
                return null;
            }

            if (Path.GetExtension(plot).ToLowerInvariant() is not (".svg" or ".png"))
            {
                throw new UsageException($"--plot is '{plot}', but must be a .svg or .png file");
            }

            if (Path.GetDirectoryName(Path.GetFullPath(plot)) is { } folder && !Directory.Exists(folder))
            {
                throw new FailureException($"--plot is '{plot}', but there is no folder {folder}: make it first");
            }

            try
            {
                TryWriting(plot);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new FailureException($"--plot is '{plot}', which cannot be written: {exception.Message}");
            }

            return plot;
        }

        /// <summary>Opens a file to write; what was there stays, and what was not there does not stay. A link stays, too.</summary>
        private static void TryWriting(string file)
        {
            var isNew = !File.Exists(file) && new FileInfo(file).LinkTarget is null;
            File.OpenWrite(file).Dispose();
            if (isNew)
            {
                File.Delete(file);
            }
        }

        private BenchFormat Format(ParseResult parse)
        {
            BenchFormat[] chosen =
            [
                .. parse.GetValue(_json) ? [BenchFormat.Json] : Array.Empty<BenchFormat>(),
                .. parse.GetValue(_csv) ? [BenchFormat.Csv] : Array.Empty<BenchFormat>(),
                .. parse.GetValue(_markdown) ? [BenchFormat.Markdown] : Array.Empty<BenchFormat>(),
            ];
            return chosen.Length <= 1 ? chosen.FirstOrDefault()
                : throw new UsageException("--json, --csv and --markdown exclude each other");
        }
    }
}
