using System.Globalization;
using ScratchNet.Cli.Parsing;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Bench;

/// <summary>An operation at a size.</summary>
internal sealed record BenchItem(BenchCase Case, BenchShape Shape);

/// <summary>What the options of <c>bench</c> ask for, before it is checked.</summary>
/// <param name="Target">A group, an operation, <c>step</c> or <c>all</c>; null for matmul.</param>
/// <param name="Sizes">Sizes with commas between them.</param>
/// <param name="Network">Features of a network's layers with dashes between them.</param>
/// <param name="Batch">Batch sizes with commas between them.</param>
/// <param name="Variants">Names with commas between them.</param>
internal sealed record BenchWords(string? Target, string? Sizes, string? Network, string? Batch, string? Variants);

/// <summary>
/// What is to be measured. Reading it checks every word, so that nothing wrong is found out halfway. What is asked for twice is
/// measured once.
/// </summary>
/// <param name="Items">Operations, each at a size.</param>
/// <param name="Network">Layers of the network whose products <paramref name="Items"/> are; null for others.</param>
/// <param name="Batches">Batch sizes of that network.</param>
/// <param name="Steps">Networks and batch sizes of which whole training steps are wanted.</param>
/// <param name="Variants">Names of the wanted variants; null for all.</param>
internal sealed record BenchRequest(
    IReadOnlyList<BenchItem> Items,
    IReadOnlyList<int>? Network,
    IReadOnlyList<int> Batches,
    IReadOnlyList<(int[] Layers, int Batch)> Steps,
    IReadOnlyList<string>? Variants)
{
    private const string Step = "step";
    private const string All = "all";
    private const int DefaultBatch = 64;
    private const int MostBatch = 1 << 20;
    private const int MostFeatures = 1 << 16;
    private const int MostSize = 1 << 28;
    private const long MostElements = 1L << 30;

    /// <summary>8192 to the third: a minute or two of plain loops in double precision.</summary>
    private const double MostMultiplyAdds = 1L << 39;

    /// <summary>Networks that people train on MNIST, small to large, at usual batch sizes.</summary>
    private static readonly (int[] Layers, int Batch)[] DefaultSteps =
    [
        ([784, 128, 10], 64), ([784, 128, 10], 128), ([784, 512, 512, 10], 128), ([784, 1000, 500, 10], 128),
        ([784, 2500, 2000, 1500, 1000, 500, 10], 256),
    ];

    private static readonly (int[] Layers, int Batch)[] SmallSteps = [([64, 32, 10], 16)];

    /// <summary>Every word that can follow <c>bench</c>.</summary>
    public static IEnumerable<string> Targets =>
    [
        .. BenchCases.All.Select(bench => bench.Group)
            .Concat([Step, All])
            .Concat(BenchCases.All.Select(bench => bench.Operation.Name))
            .Distinct(),
    ];

    /// <summary>Reads the options.</summary>
    /// <param name="words">The options.</param>
    /// <param name="isSlow">Whether a simulator is among the devices: what is not asked for by size is then small.</param>
    /// <exception cref="UsageException">One of them makes no sense.</exception>
    public static BenchRequest Read(BenchWords words, bool isSlow = false)
    {
        var target = words.Target ?? "matmul";
        var cases = Cases(target);
        var isStep = target == Step;
        if (words.Network is not null && (words.Sizes is not null || target is not ("matmul" or Step)))
        {
            throw new UsageException(words.Sizes is not null
                ? "--sizes and --network exclude each other" : "--network works with 'bench matmul' and 'bench step'");
        }

        if (isStep && (words.Sizes is not null || words.Variants is not null))
        {
            throw new UsageException(words.Sizes is not null
                ? "'bench step' takes --network and --batch, not --sizes"
                : "'bench step' takes no --variants: a step runs what training uses");
        }

        if (words.Batch is not null && words.Network is null && !isStep)
        {
            throw new UsageException("--batch needs --network, or 'bench step'");
        }

        int[]? batches = words.Batch is { } text ? [.. Values.Wholes("--batch", text, 1, MostBatch).Distinct()] : null;
        var network = words.Network is { } layers ? Layers(layers, batches?.Max() ?? DefaultBatch) : null;
        var names = words.Variants is { } list ? Names(list, cases) : null;
        if (isStep)
        {
            return new BenchRequest([], null, [], StepsOf(network, batches, isSlow), names);
        }

        var items = network is not null
            ? [.. (batches ?? [DefaultBatch]).SelectMany(
                batch => BenchShape.OfNetwork(network, batch), (_, shape) => new BenchItem(cases[0], shape))]
            : words.Sizes is { } sizes
                ? ItemsOf(cases, sizes)
                : cases.SelectMany(
                    bench => isSlow ? bench.SmallShapes : bench.DefaultShapes,
                    (bench, shape) => new BenchItem(bench, shape)).ToArray();
        var steps = target == All && words.Sizes is null ? StepsOf(null, null, isSlow) : [];
        return new BenchRequest(items, network, batches ?? [DefaultBatch], steps, names);
    }

    /// <summary>Every network at every batch size asked for; what is not asked for is as usual.</summary>
    private static IReadOnlyList<(int[] Layers, int Batch)> StepsOf(int[]? network, int[]? batches, bool isSlow)
    {
        var usual = isSlow ? SmallSteps : DefaultSteps;
        var networks = network is not null
            ? [network] : usual.Select(step => step.Layers).DistinctBy(layers => string.Join('-', layers));
        if (network is null && batches is not null)
        {
            foreach (var layers in networks)
            {
                CheckSize($"'bench step' takes {string.Join('-', layers)}", layers, batches.Max());
            }
        }

        return network is null && batches is null ? usual
            : [.. networks.SelectMany(_ => batches ?? [DefaultBatch], (layers, batch) => (layers, batch))];
    }

    private static IReadOnlyList<BenchCase> Cases(string target)
    {
        if (target is All or Step)
        {
            return target == All ? BenchCases.All : [];
        }

        var group = BenchCases.All.Where(bench => bench.Group == target).ToArray();
        var found = group.Length > 0 ? group : [.. BenchCases.All.Where(bench => bench.Operation.Name == target)];
        return found.Length > 0 ? found : throw new UsageException(
            $"there is nothing called '{target}' to measure; {Suggest(target, Targets)}");
    }

    /// <summary>Every operation at every size that it can have; a size that suits none of them is wrong.</summary>
    private static BenchItem[] ItemsOf(IReadOnlyList<BenchCase> cases, string sizes)
    {
        var numbers = sizes.Split(',').Select(size => (Text: size.Trim(), Numbers: Size(size.Trim()))).ToArray();
        var found = cases.SelectMany(
            bench => numbers, (bench, size) => (size.Text, Items: AtSize(bench, size.Text, size.Numbers))).ToArray();
        var unfit = numbers.FirstOrDefault(size => found.All(one => one.Text != size.Text || one.Items.Length == 0)).Text;
        var forms = cases.Select(bench => $"{bench.Operation.Name} takes {bench.SizeForm}");
        return unfit is null ? [.. found.SelectMany(one => one.Items).Distinct()]
            : throw new UsageException($"--sizes has '{unfit}', but {string.Join("; ", forms)}");
    }

    private static int[] Size(string text)
    {
        var parts = text.Split('x');
        return !parts.Contains("") ? [.. parts.Select(number => Values.Whole("--sizes", number, 1, MostSize))]
            : throw new UsageException(
                $"--sizes has '{text}', but a size is a number, or several with x between them, such as 64x128x784");
    }

    private static BenchItem[] AtSize(BenchCase bench, string text, int[] numbers)
    {
        int[] sides = numbers.Length == 1 && bench is MatMulBench ? [numbers[0], numbers[0], numbers[0]] : numbers;
        if (bench is MatMulBench && sides.Aggregate(1.0, (product, side) => product * side) > MostMultiplyAdds)
        {
            throw new UsageException($"--sizes has '{text}', whose check in double precision alone would take minutes to hours; "
                + "the most is 8192, or as many multiply-adds as that");
        }

        // The second sum counts what a size leaves out, such as the ten classes of 'softmax'.
        var most = sides.Order().TakeLast(2).Aggregate(1L, (product, number) => product * number);
        BenchShape[] shapes = most <= MostElements ? [.. bench.Read(numbers)] : [];
        return most <= MostElements && shapes.All(shape => bench.Elements(shape) <= MostElements)
            ? [.. shapes.Select(shape => new BenchItem(bench, shape))]
            : throw new UsageException($"--sizes has '{text}', which is more than {MostElements} elements");
    }

    /// <summary>Features before the first layer of a network and after each; with the largest batch, too, it must be possible.</summary>
    private static int[] Layers(string text, int batch)
    {
        var parts = text.Split('-');
        var layers = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var isNumber = int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out layers[i]);
            if (!isNumber || layers[i] is < 1 or > MostFeatures)
            {
                throw new UsageException($"--network is '{text}', but must be features with dashes between them, "
                    + $"each from 1 to {MostFeatures}, such as 784-128-10");
            }
        }

        if (layers.Length < 2)
        {
            throw new UsageException($"--network is '{text}', but must have two sizes or more");
        }

        CheckSize($"--network is '{text}'", layers, batch);
        return layers;
    }

    private static void CheckSize(string subject, int[] layers, int batch)
    {
        var weights = layers.Zip(layers.Skip(1), (inputs, outputs) => (long)inputs * outputs).ToArray();
        if (weights.Sum() + layers.Skip(1).Sum() > MostElements || (long)batch * layers.Max() > MostElements)
        {
            throw new UsageException($"{subject}, which at batch {batch} is more than {MostElements} elements");
        }

        if ((double)batch * weights.Max() > MostMultiplyAdds)
        {
            throw new UsageException($"{subject}, whose check in double precision alone would take minutes to hours at batch "
                + $"{batch}; a layer can have as many multiply-adds as a product at 8192");
        }
    }

    private static string[] Names(string text, IReadOnlyList<BenchCase> cases)
    {
        string[] known = [.. cases.SelectMany(bench => bench.Operation.Variants).Select(variant => variant.Name).Distinct()];
        var names = text.Split(',', StringSplitOptions.TrimEntries).Distinct().ToArray();
        return names.FirstOrDefault(name => !known.Contains(name)) is not { } unknown ? names : throw new UsageException(
            $"--variants has '{unknown}', which is none; {Suggest(unknown, known)}");
    }

    private static string Suggest(string word, IEnumerable<string> known) =>
        Nearest.To(word, known) is { } nearest ? $"did you mean '{nearest}'?" : $"there is {string.Join(", ", known)}";
}
