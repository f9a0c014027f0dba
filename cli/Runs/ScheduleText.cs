using ScratchNet.Cli.Parsing;
using ScratchNet.Training;

namespace ScratchNet.Cli.Runs;

/// <summary>Schedules as <c>--schedule</c> and <c>--warm-up</c> give them; a schedule writes itself in the same words.</summary>
internal static class ScheduleText
{
    private const int MostEpochs = 1_000_000;

    /// <summary>Reads a schedule.</summary>
    /// <param name="text">The value of --schedule.</param>
    /// <param name="warmUpEpochs">The value of --warm-up.</param>
    /// <exception cref="UsageException">There is no such schedule.</exception>
    public static LearningRateSchedule Read(string text, double warmUpEpochs)
    {
        const string Option = TrainOptionNames.Schedule;
        var numbers = new NamedNumbers(Option, text);
        var name = Values.Choice(Option, numbers.Word, "constant", "step", "cosine", "one-cycle", "plateau");
        if (name == "one-cycle" && warmUpEpochs > 0)
        {
            throw new UsageException($"{TrainOptionNames.WarmUp} and '{Option} one-cycle' contradict each other: one-cycle "
                + "begins with a rise of its own (one-cycle,rise=SHARE); leave one out");
        }

        LearningRateSchedule schedule = name switch
        {
            "constant" => new ConstantSchedule(),
            "step" => ReadStep(numbers),
            "cosine" => ReadCosine(numbers),
            "one-cycle" => ReadOneCycle(numbers),
            _ => ReadPlateau(numbers),
        };
        if (schedule is ConstantSchedule)
        {
            numbers.Only();
        }

        return schedule with { WarmUpEpochs = warmUpEpochs };
    }

    private static StepSchedule ReadStep(NamedNumbers numbers)
    {
        numbers.Only("every", "factor");
        var usual = new StepSchedule();
        return new StepSchedule(numbers.Whole("every", usual.Every, 1, MostEpochs), Drop(numbers, usual.Drop));
    }

    private static CosineSchedule ReadCosine(NamedNumbers numbers)
    {
        numbers.Only("floor");
        return new CosineSchedule(numbers.Real("floor", 0, 0, 1));
    }

    private static OneCycleSchedule ReadOneCycle(NamedNumbers numbers)
    {
        numbers.Only("rise", "start", "end");
        var usual = new OneCycleSchedule();
        return new OneCycleSchedule(
            numbers.Real("rise", usual.Rise, 0, 1, openMin: true, openMax: true),
            numbers.Real("start", usual.Start, 0, 1),
            numbers.Real("end", usual.End, 0, 1));
    }

    private static PlateauSchedule ReadPlateau(NamedNumbers numbers)
    {
        numbers.Only("patience", "factor", "tolerance");
        var usual = new PlateauSchedule();
        return new PlateauSchedule(
            numbers.Whole("patience", usual.Patience, 0, MostEpochs),
            Drop(numbers, usual.Drop),
            numbers.Real("tolerance", usual.Tolerance, 0, 1, openMax: true));
    }

    private static double Drop(NamedNumbers numbers, double usual) => numbers.Real("factor", usual, 0, 1, openMin: true);
}
