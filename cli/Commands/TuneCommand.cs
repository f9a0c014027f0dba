using System.CommandLine;
using System.Globalization;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet tune</c>: measures which matmul kernel suits a GPU, and keeps it for training.</summary>
internal static class TuneCommand
{
    public static Command Create(Terminal terminal)
    {
        var device = CommonOptions.Text("--device", "DEVICE",
            "cuda or opencl, with a number to choose one of several (opencl:1) [default: the GPU that 'auto' takes]");
        var json = CommonOptions.Json();
        var command = new ExampledCommand("tune",
            "Measures which matrix product kernel, with which tiles, is fastest on a GPU for each kind of product that "
            + "networks need, and keeps the answer in the cache folder. Training and 'bench' use it from then on. Sums are then "
            + "rounded in another order, so tune before a training run, not between its parts.",
            ("scratchnet tune", "the GPU that training takes by itself"),
            ("scratchnet tune --device opencl:0", "another one"))
        {
            device,
            json,
        };
        command.SetAction(parse => Run(CommonOptions.ReadDevice(parse, device) ?? "auto", parse.GetValue(json), terminal));
        return command;
    }

    private static int Run(string device, bool asJson, Terminal terminal)
    {
        using var interruption = new Interruption();
        using var backend = terminal.Open(device);
        if (backend is not GpuBackend gpu)
        {
            throw new FailureException(
                $"{backend.Device.Id} has no kernels to choose from: its plan follows from sizes; name a GPU with --device");
        }

        if (gpu.Device.Kind == DeviceKind.Simulator)
        {
            throw new FailureException(
                $"{gpu.Device.Id} is no hardware: how fast it is says nothing of a GPU; name one with --device");
        }

        var tuning = new Autotuner(gpu, TimeProvider.System, interruption.Token).Run(
            Autotuner.Shapes, text => terminal.Tell(text));
        terminal.Tell("");
        var file = new TuningFile(gpu.Device);
        file.Write(tuning);
        Report(tuning, asJson, terminal);
        if (!asJson)
        {
            terminal.Out.WriteLine($"kept for {gpu.Device.Id} ({Terminal.OneLine(gpu.Device.Name)}) in {file.Path}");
        }

        return ExitCode.Success;
    }

    private static void Report(MatMulTuning tuning, bool asJson, Terminal terminal)
    {
        var table = new TextTable("products", "kernel", "tile", " GFLOP/s", "runner-up", " GFLOP/s");
        foreach (var kind in MatMulClasses.All)
        {
            var best = tuning.Kernels.Where(kernel => kernel.Class == kind).OrderByDescending(kernel => kernel.Gflops).ToArray();
            var second = best.FirstOrDefault(kernel => kernel.Variant != best[0].Variant);
            if (asJson && best.Length > 0)
            {
                JsonLine.Write(terminal.Out, json =>
                {
                    json.WriteString("class", MatMulClasses.NameOf(kind));
                    json.WriteString("variant", best[0].Variant);
                    json.WriteString("tile", best[0].Tile);
                    json.WriteNumber("gflops", best[0].Gflops);
                });
            }
            else if (best.Length > 0)
            {
                table.Add(MatMulClasses.NameOf(kind), best[0].Variant, best[0].Tile ?? "", Number(best[0].Gflops),
                    second is null ? "" : $"{second.Variant} {second.Tile}", Number(second?.Gflops));
            }
        }

        if (!asJson)
        {
            table.Write(terminal.Out);
        }
    }

    private static string Number(double? gflops) => gflops?.ToString("0.0", CultureInfo.InvariantCulture) ?? "";
}
