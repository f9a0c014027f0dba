using System.CommandLine;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet kernels</c>: every operation with its variants, and their code in four languages.</summary>
internal static class KernelsCommand
{
    private const string DefaultArchitecture = "sm_80";

    public static Command Create(Terminal terminal)
    {
        var json = CommonOptions.Json();
        var command = new ExampledCommand("kernels", "Lists every operation and the ways to compute it; shows their code.",
            ("scratchnet kernels", "operations, formulas and variants"),
            ("scratchnet kernels show matmul/tiled", "the source of one of them"),
            ("scratchnet kernels show matmul/tiled --as ptx --arch sm_90", "what becomes of it on an NVIDIA GPU"))
        {
            json, CreateShow(terminal), CreateList(terminal),
        };
        command.SetAction(parse => List(parse.GetValue(json), terminal));
        return command;
    }

    private static ExampledCommand CreateList(Terminal terminal)
    {
        var json = CommonOptions.Json();
        var list = new ExampledCommand(
            "list", "The same as 'kernels' alone.", ("scratchnet kernels list --json", "one variant a line")) { json };
        list.SetAction(parse => List(parse.GetValue(json), terminal));
        return list;
    }

    private static ExampledCommand CreateShow(Terminal terminal)
    {
        var kernel = new Argument<string>("OPERATION/VARIANT")
        {
            Description = "such as matmul/tiled; 'scratchnet kernels' lists them",
        };
        var language = CommonOptions.Text("--as", "LANGUAGE", "csharp, il, or for GPU kernels ptx or opencl [default: csharp]");
        var architecture = CommonOptions.Text("--arch", "ARCH",
            "NVIDIA architecture that PTX is made for, sm_60 to sm_90; ILGPU names sm_80 as the target of later ones "
            + $"[default: {DefaultArchitecture}]");
        var show = new ExampledCommand("show", "Prints the code of a variant; needs no device.",
            ("scratchnet kernels show matmul/simd", "C#"),
            ("scratchnet kernels show matmul/tiled --as opencl", "the OpenCL C that its drivers are given"))
        {
            kernel, language, architecture,
        };
        show.SetAction(parse => Show(
            parse.GetValue(kernel)!, parse.GetValue(language) ?? "csharp", parse.GetValue(architecture), terminal));
        return show;
    }

    private static int List(bool asJson, Terminal terminal)
    {
        using var backend = new CpuBackend(1);
        foreach (var bench in BenchCases.All)
        {
            using var workbench = new Workbench(backend);
            var ladder = bench.Arrange(workbench, backend, bench.DefaultShapes[0]);
            if (asJson)
            {
                WriteJson(bench.Operation, ladder, terminal.Out);
            }
            else
            {
                Print(bench, ladder, terminal);
            }
        }

        return ExitCode.Success;
    }

    private static void Print(BenchCase bench, Ladder ladder, Terminal terminal)
    {
        var operation = bench.Operation;
        terminal.Out.WriteLine(terminal.Strong(operation.Name));
        terminal.Out.WriteLine($"  {operation.Formula}");
        terminal.Out.WriteLine($"  at {ladder.Sizes}: {Figures.Count(ladder.Flops)} flops, "
            + $"{Figures.Count(ladder.Traffic.Bytes)} bytes moved at least; see 'scratchnet bench {bench.Group}'");
        var width = operation.Variants.Max(variant => variant.Name.Length);
        foreach (var variant in operation.Variants)
        {
            terminal.Out.WriteLine($"    {variant.Name.PadRight(width)}  {Place(variant)}  {variant.Idea}");
        }

        terminal.Out.WriteLine();
    }

    private static void WriteJson(Operation operation, Ladder ladder, TextWriter output)
    {
        foreach (var variant in operation.Variants)
        {
            JsonLine.Write(output, json =>
            {
                json.WriteString("op", operation.Name);
                json.WriteString("variant", variant.Name);
                json.WriteString("target", Place(variant));
                json.WriteString("idea", variant.Idea);
                json.WriteString("formula", operation.Formula);
                json.WriteString("sizes", ladder.Sizes);
                json.WriteNumber("flops", ladder.Flops);
                json.WriteNumber("bytes", ladder.Traffic.Bytes);
            });
        }
    }

    private static string Place(Variant variant) => variant.Target == Target.Cpu ? "cpu" : "gpu";

    private static int Show(string name, string language, string? architecture, Terminal terminal)
    {
        terminal.Out.WriteLine(Text(name, language, architecture));
        return ExitCode.Success;
    }

    /// <summary>The code of a variant.</summary>
    /// <param name="name">Operation and variant, such as <c>matmul/tiled</c>.</param>
    /// <param name="language">csharp, il, ptx or opencl.</param>
    /// <param name="architecture">What PTX is made for; null for the usual one.</param>
    /// <exception cref="UsageException">There is no such code.</exception>
    public static string Text(string name, string language, string? architecture)
    {
        var variant = Find(name);
        Values.Choice("--as", language, "csharp", "il", "ptx", "opencl");
        if (architecture is not null)
        {
            Values.Choice("--arch", architecture, [.. KernelText.Architectures]);
        }

        if (language is "ptx" or "opencl" && variant.Target == Target.Cpu)
        {
            throw new UsageException(
                $"{name} runs on the processor, so there is no {language} of it; use --as csharp or --as il");
        }

        if (architecture is not null && language != "ptx")
        {
            throw new UsageException("--arch works with --as ptx");
        }

        return string.Join("\n", Texts(variant, language, architecture ?? DefaultArchitecture)).TrimEnd();
    }

    private static IEnumerable<string> Texts(Variant variant, string language, string architecture) => language switch
    {
        "csharp" => [KernelText.CSharp(variant)],
        "il" => KernelText.Methods(variant).Select(IlText.Of),
        "ptx" => variant.Kernels.Select(kernel => Remark(variant, kernel) + KernelText.Ptx(kernel, architecture)),
        _ => variant.Kernels.Select(kernel => Remark(variant, kernel) + KernelText.OpenCl(kernel)),
    };

    /// <summary>A comment on what a kernel's name does not say: which tile it has, or that a library comes before it.</summary>
    private static string Remark(Variant variant, GpuKernel kernel)
    {
        var tile = MatMulSpec.TiledRungs.SelectMany(rung => rung.Shapes).FirstOrDefault(shape => shape.Kernel == kernel);
        return tile is not null ? $"// {variant.Name}, tile {tile.Name}: groups of {tile.Threads}\n"
            : variant.IsPeer ? $"// {variant.Name} is a library and has no text here: this is what follows it, bias and activation\n"
            : "";
    }

    private static Variant Find(string name)
    {
        var known = Operations.All.SelectMany(operation =>
            operation.Variants.Select(variant => (Name: $"{operation.Name}/{variant.Name}", Variant: variant))).ToArray();
        foreach (var (full, variant) in known)
        {
            if (full == name)
            {
                return variant;
            }
        }

        if (Operations.All.FirstOrDefault(operation => operation.Name == name) is { } whole)
        {
            throw new UsageException($"'{name}' has several variants: name one, such as "
                + string.Join(" or ", whole.Variants.Select(variant => $"{name}/{variant.Name}")));
        }

        var nearest = Nearest.To(name, known.Select(pair => pair.Name));
        throw new UsageException(
            $"there is no kernel '{name}'; "
            + $"{(nearest is null ? "'scratchnet kernels' lists them" : $"did you mean '{nearest}'?")}");
    }
}
