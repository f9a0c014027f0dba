using System.Globalization;

namespace ScratchNet.Training;

/// <summary>Where a run stands when its schedule is asked for a rate.</summary>
/// <param name="Step">The step that is to come, from 0.</param>
/// <param name="StepsPerEpoch">Steps in an epoch, at least 1.</param>
/// <param name="Epochs">Epochs in the whole run, at least 1.</param>
/// <param name="History">What the epochs so far came to.</param>
public readonly record struct ScheduleMoment(long Step, int StepsPerEpoch, int Epochs, IReadOnlyList<EpochResult> History)
{
    /// <summary>The step in epochs, with fractions.</summary>
    public double Epoch => (double)Step / StepsPerEpoch;

    /// <summary>How much of the run is over, 0 to 1.</summary>
    public double Share => (double)Step / ((long)Epochs * StepsPerEpoch);
}

/// <summary>
/// How the learning rate goes over a run: a factor of the full rate, as a function of the step and of the epochs so far. It
/// keeps no state of its own, so a resumed run goes on with the same rates.
/// </summary>
public abstract record LearningRateSchedule
{
    /// <summary>The same rate throughout.</summary>
    public static LearningRateSchedule Constant { get; } = new ConstantSchedule();

    /// <summary>From the full rate to zero along half a cosine.</summary>
    public static LearningRateSchedule Cosine { get; } = new CosineSchedule();

    /// <summary>
    /// Epochs, with fractions, over which the rate first grows linearly to what the schedule says: step t of W takes (t+1)/W
    /// of it (Goyal et al., "Accurate, Large Minibatch SGD", arXiv 1706.02677, section 2.2). 0 for none.
    /// </summary>
    public double WarmUpEpochs { get; init; }

    /// <summary>Whether the schedule looks at the validation loss.</summary>
    public virtual bool NeedsValidation => false;

    /// <summary>The schedule in the words of the command line, such as <c>step,every=10,factor=0.5</c>, without the
    /// warm-up.</summary>
    public abstract string Text { get; }

    /// <summary>The share of the full rate that a step takes.</summary>
    /// <param name="moment">The step.</param>
    public float Factor(in ScheduleMoment moment)
    {
        var warmUpSteps = WarmUpEpochs * moment.StepsPerEpoch;
        var ramp = moment.Step + 1 < warmUpSteps ? (moment.Step + 1) / warmUpSteps : 1;
        return (float)(ramp * Shape(moment));
    }

    /// <summary>Throws unless every parameter is in its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is not.</exception>
    public virtual void Validate()
    {
        if (!(WarmUpEpochs >= 0) || !double.IsFinite(WarmUpEpochs))
        {
            throw new ArgumentOutOfRangeException(
                nameof(WarmUpEpochs), WarmUpEpochs, "A warm-up must be at least 0 epochs long.");
        }
    }

    /// <summary>The factor without the warm-up.</summary>
    /// <param name="moment">The step.</param>
    protected abstract double Shape(in ScheduleMoment moment);

    /// <summary>Throws unless a parameter lies between two limits.</summary>
    protected static void InRange(string name, double value, double low, double high)
    {
        if (!(value >= low && value <= high))
        {
            throw new ArgumentOutOfRangeException(name, value, string.Create(CultureInfo.InvariantCulture,
                $"It must be from {low} to {high}."));
        }
    }
}

/// <summary>The same rate throughout.</summary>
public sealed record ConstantSchedule : LearningRateSchedule
{
    /// <inheritdoc/>
    public override string Text => "constant";

    /// <inheritdoc/>
    protected override double Shape(in ScheduleMoment moment) => 1;
}

/// <summary>
/// The rate times <paramref name="Drop"/> after every so many epochs: <c>drop^floor(epoch/every)</c> (as in Szegedy et al.,
/// "Going Deeper with Convolutions", CVPR 2015, section 6, where drop is 0.96 and every 8).
/// </summary>
/// <param name="Every">Epochs between two drops, at least 1.</param>
/// <param name="Drop">What the rate is multiplied by, in (0, 1].</param>
public sealed record StepSchedule(int Every = 10, double Drop = 0.1) : LearningRateSchedule
{
    /// <inheritdoc/>
    public override string Text => string.Create(CultureInfo.InvariantCulture, $"step,every={Every},factor={Drop}");

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        InRange(nameof(Every), Every, 1, int.MaxValue);
        InRange(nameof(Drop), Drop, double.Epsilon, 1);
    }

    /// <inheritdoc/>
    protected override double Shape(in ScheduleMoment moment) =>
        Math.Pow(Drop, moment.Step / ((long)Every * moment.StepsPerEpoch));
}

/// <summary>
/// From the full rate down to a floor along half a cosine, <c>floor + (1 - floor)·(1 + cos(pi·t/T))/2</c> (Loshchilov and
/// Hutter, "SGDR", ICLR 2017, equation 5, without restarts).
/// </summary>
/// <param name="Floor">The factor at the end, in [0, 1].</param>
public sealed record CosineSchedule(double Floor = 0) : LearningRateSchedule
{
    /// <inheritdoc/>
    public override string Text => Floor == 0 ? "cosine" : string.Create(CultureInfo.InvariantCulture, $"cosine,floor={Floor}");

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        InRange(nameof(Floor), Floor, 0, 1);
    }

    /// <inheritdoc/>
    protected override double Shape(in ScheduleMoment moment) => HalfCosine(1, Floor, moment.Share);

    /// <summary>From one value to another along half a cosine, for a share from 0 to 1.</summary>
    internal static double HalfCosine(double from, double to, double share) =>
        to + ((from - to) * (0.5 * (1 + Math.Cos(Math.PI * share))));
}

/// <summary>
/// Up from a fraction of the full rate, then down to nearly nothing, each along half a cosine (Smith and Topin,
/// "Super-Convergence", arXiv 1708.07120, section 3, with the cosines that fastai introduced). It begins with a warm-up of its
/// own.
/// </summary>
/// <param name="Rise">Share of the run in which the rate rises, in (0, 1).</param>
/// <param name="Start">The factor at the start, in [0, 1].</param>
/// <param name="End">The factor at the end, in [0, 1].</param>
public sealed record OneCycleSchedule(double Rise = 0.3, double Start = 0.04, double End = 0) : LearningRateSchedule
{
    /// <inheritdoc/>
    public override string Text =>
        string.Create(CultureInfo.InvariantCulture, $"one-cycle,rise={Rise},start={Start},end={End}");

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        InRange(nameof(Rise), Rise, double.Epsilon, 1 - 1e-9);
        InRange(nameof(Start), Start, 0, 1);
        InRange(nameof(End), End, 0, 1);
    }

    /// <inheritdoc/>
    protected override double Shape(in ScheduleMoment moment) => moment.Share < Rise
        ? CosineSchedule.HalfCosine(Start, 1, moment.Share / Rise)
        : CosineSchedule.HalfCosine(1, End, (moment.Share - Rise) / (1 - Rise));
}

/// <summary>
/// The rate times <paramref name="Drop"/> whenever the validation loss has not fallen for more than so many epochs: the rule
/// "divided when the error plateaus" of He et al., "Deep Residual Learning", CVPR 2016, section 3.4. A function of the history:
/// what the best loss was and how long ago is worked out anew from the epochs that are done.
/// </summary>
/// <param name="Patience">Epochs without a better loss that are borne, at least 0.</param>
/// <param name="Drop">What the rate is multiplied by, in (0, 1].</param>
/// <param name="Tolerance">A loss is better when it is below best·(1 - tolerance), in [0, 1).</param>
public sealed record PlateauSchedule(int Patience = 3, double Drop = 0.5, double Tolerance = 0.001) : LearningRateSchedule
{
    /// <inheritdoc/>
    public override bool NeedsValidation => true;

    /// <inheritdoc/>
    public override string Text => string.Create(CultureInfo.InvariantCulture,
        $"plateau,patience={Patience},factor={Drop},tolerance={Tolerance}");

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        InRange(nameof(Patience), Patience, 0, int.MaxValue);
        InRange(nameof(Drop), Drop, double.Epsilon, 1);
        InRange(nameof(Tolerance), Tolerance, 0, 1 - 1e-9);
    }

    /// <inheritdoc/>
    protected override double Shape(in ScheduleMoment moment)
    {
        var (factor, best, waited) = (1.0, double.PositiveInfinity, 0);
        for (var epoch = 0; epoch < moment.History.Count; epoch++)
        {
            var loss = moment.History[epoch].ValidationLoss ?? moment.History[epoch].TrainLoss;
            if (loss < best * (1 - Tolerance))
            {
                (best, waited) = (loss, 0);
            }
            else if (++waited > Patience)
            {
                (factor, waited) = (factor * Drop, 0);
            }
        }

        return factor;
    }
}
