using System.CommandLine;
using System.Globalization;
using ScratchNet.Cli;
using ScratchNet.Cli.Parsing;

namespace ScratchNet.Perf;

/// <summary>What all suites have in common on the command line.</summary>
internal static class Suite
{
    /// <summary>Variables that tie OpenBLAS to older kernels than the processor could run.</summary>
    private static readonly string[] Brakes = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];

    /// <summary>Makes the command of a suite, with the options that every suite has.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it measures.</param>
    /// <param name="terminal">Where results and messages go.</param>
    /// <param name="peers">What it can compare with.</param>
    /// <param name="own">Options of its own.</param>
    /// <param name="hasThreads">Whether it measures with as many threads as are asked for.</param>
    /// <param name="read">Reads its options, before anything is begun; what it returns measures, and tells the report.</param>
    public static Command Create(string name, string description, Terminal terminal, IReadOnlyList<Peer> peers,
        IReadOnlyList<Option> own, bool hasThreads, Func<ParseResult, Action<SuiteReport>> read)
    {
        var json = CommonOptions.Json();
        var threads = List("--threads", "N,N", "numbers of threads of the processor [default: 1,2]");
        var record = CommonOptions.Flag("--record", "keep the results in perf/results, for 'tables'");
        string[] names = [.. peers.Select(peer => peer.Name)];
        var chosen = List("--peers", "NAME,NAME", $"what to compare with: {string.Join(", ", names)} [default: all]");
        var command = new Command(name, description) { json, record };
        if (hasThreads)
        {
            command.Add(threads);
        }

        if (names.Length > 0)
        {
            command.Add(chosen);
        }

        own.ToList().ForEach(command.Add);
        command.SetAction(parse =>
        {
            var wanted = ReadChoices(parse, chosen, names);
            var counts = ReadThreads(parse, threads);
            var run = read(parse);
            var recording = parse.GetValue(record) ? Recording.ToContinue(Recording.Checkout(), name, terminal) : null;
            using var interruption = new Interruption();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token, terminal.Unread);
            var report = new SuiteReport(name, terminal, parse.GetValue(json), counts, recording, stop.Token);
            report.Choose(wanted.Length == 0 ? peers : peers.Where(peer => wanted.Contains(peer.Name)));
            Run(run, report, recording);
            WarnOfBrakes(terminal);
            return report.Finish();
        });
        return command;
    }

    /// <summary>Runs a suite; what it had measured before an interruption or a failure is kept.</summary>
    private static void Run(Action<SuiteReport> run, SuiteReport report, Recording? recording)
    {
        try
        {
            run(report);
            report.Cancel.ThrowIfCancellationRequested();
        }
        catch
        {
            recording?.Save();
            throw;
        }
    }

    /// <summary>An option with several values, with commas or spaces between them.</summary>
    public static Option<string[]> List(string name, string valueNames, string description) => new(name)
    {
        HelpName = valueNames,
        Description = description,
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>The values of such an option; none when it was not given.</summary>
    public static IEnumerable<string> Read(ParseResult parse, Option<string[]> option) =>
        (parse.GetValue(option) ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries));

    /// <summary>The values of such an option, each of which must be one of several words.</summary>
    public static string[] ReadChoices(ParseResult parse, Option<string[]> option, IEnumerable<string> words)
    {
        string[] known = [.. words];
        return [.. Read(parse, option).Select(word => Values.Choice(option.Name, word, known))];
    }

    /// <summary>The values of such an option, each of which must be one of several numbers.</summary>
    public static int[] ReadChoices(ParseResult parse, Option<string[]> option, int[] numbers) =>
    [
        .. Read(parse, option).Select(word =>
            int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && numbers.Contains(number)
            ? number
            : throw new UsageException(
                $"{option.Name} is '{word}', but must be {string.Join(", ", numbers[..^1])} or {numbers[^1]}")),
    ];

    /// <summary>What was asked for, or one thread, which tells most about code, and two, where there are two.</summary>
    private static int[] ReadThreads(ParseResult parse, Option<string[]> option)
    {
        int[] counts = [.. Read(parse, option).Select(word => Values.Whole(option.Name, word, 1, CommonOptions.MaxThreads))];
        return counts.Length > 0 ? counts : Environment.ProcessorCount > 1 ? [1, 2] : [1];
    }

    private static void WarnOfBrakes(Terminal terminal)
    {
        string[] set = [.. Brakes.Where(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))];
        if (set.Length > 0)
        {
            var cure = string.Join(' ', set.Select(name => "-u " + name));
            terminal.Warn($"{string.Join(" and ", set)} hold OpenBLAS, and PyTorch and scikit-learn, which stand on it, to older "
                + $"kernels: for a fair comparison run 'env {cure} dotnet run ...'");
        }
    }
}
