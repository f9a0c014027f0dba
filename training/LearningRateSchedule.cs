namespace ScratchNet.Training;

/// <summary>How the learning rate goes over a run: a function of the step alone, so that a resumed run goes on with it.</summary>
public enum LearningRateSchedule
{
    /// <summary>The same rate throughout.</summary>
    Constant,

    /// <summary>
    /// From the full rate down to zero along half a cosine (Loshchilov and Hutter, "SGDR", ICLR 2017, equation 5, without
    /// restarts).
    /// </summary>
    Cosine,
}

/// <summary>Evaluates schedules.</summary>
public static class LearningRateSchedules
{
    /// <summary>The share of the full rate that a step uses.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">Steps in the whole run.</param>
    public static float Factor(this LearningRateSchedule schedule, long step, long steps) => schedule switch
    {
        LearningRateSchedule.Constant => 1f,
        LearningRateSchedule.Cosine => (float)(0.5 * (1 + Math.Cos(Math.PI * step / steps))),
        _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule, "There is no such schedule."),
    };
}
