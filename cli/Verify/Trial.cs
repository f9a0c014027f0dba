using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ScratchNet.Cli.Runs;
using ScratchNet.Engine.Files;

namespace ScratchNet.Cli.Verify;

/// <summary>How one training ended.</summary>
/// <param name="Threads">Its number of threads.</param>
/// <param name="ResumedFrom">The steps that it went on from after each kill; none when it was left alone.</param>
/// <param name="Values">How many numbers its last checkpoint holds: weights, their average, the optimizer's memory.</param>
/// <param name="Digest">SHA-256 of those numbers' bits.</param>
internal sealed record TrialResult(int Threads, IReadOnlyList<long> ResumedFrom, long Values, string Digest);

/// <summary>Trains in processes of this same program, each time in the same way, and kills some of them.</summary>
/// <param name="cancellation">Stops a process that is on.</param>
internal sealed class Trial(CancellationToken cancellation) : IDisposable
{
    /// <summary>What is trained, in a line.</summary>
    public const string Description = "784-64-10 on the bundled digits, 6 epochs of 113 steps, with dropout, distortions and "
        + "averaged weights; a checkpoint every 5 steps";

    private const long Steps = 678;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(2);

    private static readonly string[] Options =
    [
        "--hidden", "64", "--epochs", "6", "--batch-size", "32", "--validation", "0", "--dropout", "0.1", "--augment=mild",
        "--ema", "0.99",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("scratchnet-verify-").FullName;
    private int _runs;

    /// <summary>Trains once.</summary>
    /// <param name="threads">Threads to train with.</param>
    /// <param name="kills">How often the process is killed on the way.</param>
    /// <exception cref="FailureException">A process ended in another way than it should.</exception>
    public TrialResult Run(int threads, int kills)
    {
        var run = Path.Combine(_folder, $"{++_runs}");
        var checkpoint = RunFiles.ForNew(run, "").Checkpoint;
        List<long> resumedFrom = [];
        string[] what = ["digits", .. Options, "--run", run];
        foreach (var at in RandomSteps(kills))
        {
            if (!KillAt(at, checkpoint, [.. what, .. Session(threads)]))
            {
                break;
            }

            resumedFrom.Add(CheckpointFiles.Read(checkpoint, _ => { }).Step);
            what = ["--resume", run];
        }

        using (var last = Start([.. what, .. Session(threads)]))
        {
            Await(last, () => false);
            Check(last);
        }

        return Read(threads, resumedFrom, checkpoint);
    }

    /// <summary>Removes all that was written.</summary>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] Session(int threads) =>
        ["--device", "cpu", "--threads", threads.ToString(CultureInfo.InvariantCulture), "--checkpoint-every", "5", "--quiet"];

    /// <summary>Steps in rising order, not so near to the end that the run would be over before the signal comes.</summary>
    private static long[] RandomSteps(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Random.Shared.NextInt64(1, Steps * 3 / 4)).Order()];

    /// <summary>Starts a process and kills it (SIGKILL) when its checkpoints have come to a step.</summary>
    /// <returns>Whether it lived until then.</returns>
    private bool KillAt(long step, string checkpoint, string[] args)
    {
        using var process = Start(args);
        Await(process, () => CheckpointFiles.NewestOlder(checkpoint) >= step);
        if (process.HasExited)
        {
            Check(process);
            return false;
        }

        process.Kill();
        process.WaitForExit();
        return true;
    }

    private void Await(Process process, Func<bool> isEnough)
    {
        while (!process.WaitForExit(Glance) && !isEnough())
        {
            if (cancellation.IsCancellationRequested)
            {
                process.Kill();
                process.WaitForExit();
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private static void Check(Process process)
    {
        if (process.ExitCode != ExitCode.Success)
        {
            throw new FailureException(
                $"a training process ended with code {process.ExitCode}: {process.StandardError.ReadToEnd().Trim()}");
        }
    }

    private static Process Start(string[] args)
    {
        // Installed, the program is this process's file; built, it is a library that dotnet runs.
        var program = Environment.ProcessPath!;
        var library = Path.GetFileNameWithoutExtension(program) == "dotnet" ? new[] { Environment.GetCommandLineArgs()[0] } : [];
        var start = new ProcessStartInfo(program, [.. library, "train", .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static TrialResult Read(int threads, IReadOnlyList<long> resumedFrom, string checkpoint)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var file = SafetensorsFile.Read(checkpoint, allowNonFinite: true);
        foreach (var tensor in file.Tensors.Values)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(tensor.Name));
            hash.AppendData(MemoryMarshal.AsBytes(tensor.Values.AsSpan()));
        }

        return new TrialResult(threads, resumedFrom, file.Tensors.Values.Sum(tensor => (long)tensor.Values.Length),
            Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
