using ScratchNet.Cli.Output;
using ScratchNet.Engine;
using ScratchNet.Kernels;

namespace ScratchNet.Cli.Checks;

/// <summary>Checks a network, with a planted fault or without, and tells about every check.</summary>
/// <param name="backend">Where the network lives.</param>
/// <param name="network">The network, with the weights to check at.</param>
/// <param name="lesson">The fault to plant, or null.</param>
/// <param name="hidesName">Whether the fault is an exercise, whose name is the answer.</param>
/// <param name="comparesAll">Whether every element of large parameters is compared.</param>
/// <param name="asJson">Whether for programs.</param>
/// <param name="terminal">Where to tell.</param>
internal sealed class GradCheckRun(
    Backend backend, Network network, Lesson? lesson, bool hidesName, bool comparesAll, bool asJson, Terminal terminal)
{
    private const int CurveBatch = 32;
    private const int CurveSteps = 120;
    private const float CurveRate = 0.003f;

    /// <summary>Runs everything.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        var healthy = Blueprint.Of(network);
        var plan = lesson is null ? healthy : Plant(healthy, lesson);
        var samples = CheckSamples.For(network);
        if (!asJson)
        {
            var fault = hidesName ? $"of lesson {lesson?.Number}" : lesson?.Name;
            terminal.Out.WriteLine($"{NetworkLines.Shape(network)} on {backend.Device.Id}"
                + (lesson is null ? "" : $", with the fault {fault}"));
        }

        List<CheckResult> failed = [];
        var count = 0;
        var check = new NetworkCheck(backend, plan, samples.X, samples.Labels) { ComparesAll = comparesAll };
        foreach (var result in check.Run(lesson is null ? network : null))
        {
            count++;
            Write(result);
            if (!result.Passes)
            {
                failed.Add(result);
            }
        }

        if (lesson is not null)
        {
            WriteCurves(healthy, plan, samples);
        }

        WriteVerdict(count, failed);
        return failed.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static Blueprint Plant(Blueprint healthy, Lesson lesson)
    {
        try
        {
            return healthy.With(lesson.Fault);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"--inject-bug {lesson.Name}: {exception.Message}");
        }
    }

    private void Write(CheckResult result)
    {
        if (!asJson)
        {
            var verdict = result.Passes ? terminal.Good("pass") : terminal.Bad("FAIL");
            terminal.Out.WriteLine($"{verdict}  {Terminal.OneLine(result.Subject)}");
            terminal.Out.WriteLine($"      {result.Finding}");
            return;
        }

        JsonLine.Write(terminal.Out, json =>
        {
            json.WriteString("event", "check");
            json.WriteString("check", result.Check);
            json.WriteString("subject", result.Subject);
            json.WriteBoolean("passes", result.Passes);
            json.WriteString("finding", result.Finding);
            if (result.Comparison is { } comparison)
            {
                json.WriteNumber("elements", comparison.Elements);
                json.WriteNumber("compared", comparison.Checked);
                json.WriteNumber("kinks", comparison.Kinks);
                json.WriteNumber("worst_index", comparison.WorstIndex);
                json.WriteFinite("backpropagation", comparison.Analytic);
                json.WriteFinite("numeric", comparison.Numeric);
                json.WriteFinite("relative_error", comparison.RelativeError);
            }
        });
    }

    private void WriteCurves(Blueprint healthy, Blueprint faulty, CheckSamples samples)
    {
        var (right, wrong) = (Curve(healthy, samples), Curve(faulty, samples));
        if (asJson)
        {
            JsonLine.Write(terminal.Out, json =>
            {
                json.WriteString("event", "curves");
                foreach (var (name, losses) in new[] { ("healthy", right), ("faulty", wrong) })
                {
                    json.WriteStartArray(name);
                    foreach (var loss in losses.Where(double.IsFinite))
                    {
                        json.WriteNumberValue(loss);
                    }

                    json.WriteEndArray();
                }
            });
            return;
        }

        terminal.Out.WriteLine();
        terminal.Out.WriteLine("the loss in training, from the same start, by adam");
        foreach (var line in LossChart.Draw(right, wrong))
        {
            terminal.Out.WriteLine(line);
        }

        if (!double.IsFinite(wrong[^1]))
        {
            terminal.Out.WriteLine($"{"",9}the loss is not a finite number at step {wrong.Count}");
        }
    }

    private IReadOnlyList<double> Curve(Blueprint plan, CheckSamples samples)
    {
        using var fresh = plan.Build(backend, dropout: false);
        using var optimizer = plan.MakeAdam(CurveRate);
        return LossCurve.Train(fresh, optimizer, samples.X, samples.Labels, CurveBatch, CurveSteps);
    }

    private void WriteVerdict(int count, List<CheckResult> failed)
    {
        var foundBy = failed.Select(result => result.Check).Distinct().ToArray();
        if (asJson)
        {
            JsonLine.Write(terminal.Out, json =>
            {
                json.WriteString("event", "done");
                json.WriteNumber("checks", count);
                json.WriteNumber("failed", failed.Count);
                json.WriteStartArray("found_by");
                Array.ForEach(foundBy, json.WriteStringValue);
                json.WriteEndArray();
            });
            return;
        }

        terminal.Out.WriteLine();
        terminal.Out.WriteLine(failed.Count == 0
            ? $"all {count} checks pass"
            : $"{failed.Count} of {count} checks fail, of these kinds: {string.Join(", ", foundBy)}");
        if (lesson is not null)
        {
            if (failed.Count == 0)
            {
                terminal.Out.WriteLine(
                    "no check finds the fault: this network has no part that it could spoil (try another --hidden)");
            }

            terminal.Out.WriteLine(
                $"the exercise: scratchnet lessons show {lesson.Number}; its answer: scratchnet lessons answer {lesson.Number}");
        }
    }
}
