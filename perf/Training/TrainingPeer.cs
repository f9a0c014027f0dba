using System.Diagnostics;
using ScratchNet.Training.Data;

namespace ScratchNet.Perf;

/// <summary>What people train with otherwise: a script of ours in perf/Peers that drives it.</summary>
/// <param name="Name">What it is called in rows and by <c>--peers</c>.</param>
/// <param name="Script">The script's file.</param>
/// <param name="Mode">Which of the script's ways.</param>
/// <param name="Module">The Python module that it needs; null for TensorFlow.js.</param>
internal sealed record TrainingPeer(string Name, string Script, string Mode, string? Module)
{
    private const string Install = "perf/install-peers.sh installs it";

    private static readonly Dictionary<string, string?> Pythons = [];

    /// <summary>Those that train the same network.</summary>
    public static IReadOnlyList<TrainingPeer> Networks { get; } =
    [
        new("pytorch", "torch_peer.py", "tensor", "torch"),
        new("pytorch-loader", "torch_peer.py", "loader", "torch"),
        new("sklearn-mlp", "sklearn_peer.py", "", "sklearn"),
        new("tfjs", "tfjs_peer.mjs", "", null),
    ];

    /// <summary>Those that learn the same without a network.</summary>
    public static IReadOnlyList<TrainingPeer> Traditional { get; } =
    [
        new("sklearn-svm", "classic_peer.py", "svm", "sklearn"),
        new("sklearn-tree", "classic_peer.py", "tree", "sklearn"),
    ];

    /// <summary>Where install-peers.sh puts TensorFlow.js.</summary>
    private static string NodeFolder => Environment.GetEnvironmentVariable("SCRATCHNET_PEERS") is { Length: > 0 } named
        ? named : Path.Combine(DataLocations.FromEnvironment().Cache, "peers");

    /// <summary>The peer as suites know it.</summary>
    public Peer AsPeer => new(Name, WhyNot);

    /// <summary>The program that runs the script, and its arguments.</summary>
    public IReadOnlyList<string> Command()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Peers", Script);
        return Module is null ? ["node", script, NodeFolder] : [Python(Module)!, "-B", script];
    }

    private string? WhyNot()
    {
        if (Module is not null)
        {
            return Python(Module) is null ? $"no python3 here has the module {Module}; {Install}" : null;
        }

        return !Runs("node", "--version") ? $"node is not installed; {Install}"
            : Directory.Exists(Path.Combine(NodeFolder, "node_modules", "@tensorflow", "tfjs-backend-wasm")) ? null
            : $"TensorFlow.js is not in {NodeFolder}; {Install}";
    }

    /// <summary>
    /// The interpreter that has a module: the one that SCRATCHNET_PYTHON names, the system's, which Debian's packages belong to,
    /// or the first on the path, which may be another.
    /// </summary>
    private static string? Python(string module)
    {
        if (!Pythons.TryGetValue(module, out var found))
        {
            string?[] candidates = [Environment.GetEnvironmentVariable("SCRATCHNET_PYTHON"), "/usr/bin/python3", "python3"];
            found = candidates.FirstOrDefault(python => !string.IsNullOrEmpty(python)
                && Runs(python, "-c", $"import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)"));
            Pythons[module] = found;
        }

        return found;
    }

    private static bool Runs(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
