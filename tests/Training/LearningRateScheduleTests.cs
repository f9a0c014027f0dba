using ScratchNet.Training;
using Xunit;

namespace ScratchNet.Tests.Training;

/// <summary>Schedules against their formulas, worked out by hand.</summary>
public class LearningRateScheduleTests
{
    private const int StepsPerEpoch = 10;
    private const int Epochs = 10;

    private static float Factor(LearningRateSchedule schedule, long step, params double[] losses)
    {
        var history = losses.Select((loss, i) => new EpochResult(i + 1, 9, 0, loss, 0, 1, 1)).ToArray();
        return schedule.Factor(new ScheduleMoment(step, StepsPerEpoch, Epochs, history));
    }

    [Fact]
    public void Constant_stays() =>
        Assert.Equal((1f, 1f), (Factor(LearningRateSchedule.Constant, 0), Factor(LearningRateSchedule.Constant, 99)));

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 25, 0.85355339f)]
    [InlineData(0, 50, 0.5f)]
    [InlineData(0, 100, 0)]
    [InlineData(0.2, 50, 0.6f)]
    [InlineData(0.2, 100, 0.2f)]
    public void Cosine_is_half_a_wave_down_to_its_floor(double floor, long step, float expected) =>
        Assert.Equal(expected, Factor(new CosineSchedule(floor), step), 1e-6f);

    [Theory]
    [InlineData(29, 1)]
    [InlineData(30, 0.5f)]
    [InlineData(59, 0.5f)]
    [InlineData(60, 0.25f)]
    [InlineData(99, 0.125f)]
    public void Step_drops_at_the_first_step_of_every_third_epoch(long step, float expected) =>
        Assert.Equal(expected, Factor(new StepSchedule(3, 0.5), step));

    [Theory]
    [InlineData(0, 0.04f)]
    [InlineData(10, 0.52f)]
    [InlineData(20, 1)]
    [InlineData(60, 0.505f)]
    [InlineData(100, 0.01f)]
    public void One_cycle_rises_and_falls(long step, float expected) =>
        Assert.Equal(expected, Factor(new OneCycleSchedule(Rise: 0.2, Start: 0.04, End: 0.01), step), 1e-6f);

    [Theory]
    [InlineData(0, 0.05f)]
    [InlineData(9, 0.5f)]
    [InlineData(19, 1)]
    [InlineData(20, 1)]
    public void A_warm_up_rises_in_a_line(long step, float expected) =>
        Assert.Equal(expected, Factor(LearningRateSchedule.Constant with { WarmUpEpochs = 2 }, step), 1e-7f);

    [Fact]
    public void A_warm_up_multiplies_the_schedule_that_it_goes_with()
    {
        var cosine = Factor(LearningRateSchedule.Cosine, 4);
        Assert.Equal(cosine * 0.5f, Factor(LearningRateSchedule.Cosine with { WarmUpEpochs = 1 }, 4), 1e-7f);
        Assert.Equal(Factor(LearningRateSchedule.Cosine, 60), Factor(LearningRateSchedule.Cosine with { WarmUpEpochs = 1 }, 60));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1, 1.0)]
    [InlineData(1, 1.0, 1.1, 1.1)]
    [InlineData(0.5, 1.0, 1.1, 1.1, 1.0)]
    [InlineData(0.5, 1.0, 1.1, 1.1, 1.0, 0.95)]
    [InlineData(1, 1.0, 1.1, 1.1, 0.9, 1.1, 1.1)]
    [InlineData(0.25, 1.0, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1)]
    [InlineData(0.5, 1.0, 0.995, 0.994, 0.993)]
    public void Plateau_drops_after_more_than_two_epochs_that_were_not_a_hundredth_better(
        double expected, params double[] losses) =>
        Assert.Equal((float)expected, Factor(new PlateauSchedule(2, 0.5, 0.01), 50, losses));

    [Fact]
    public void A_plateau_counts_from_the_best_loss_and_not_from_the_last() =>
        Assert.Equal(0.5f, Factor(new PlateauSchedule(2, 0.5, 0.01), 50, 1.0, 2.0, 1.9, 1.8));

    [Fact]
    public void Parameters_out_of_range_are_refused()
    {
        LearningRateSchedule[] wrong =
        [
            new StepSchedule(0), new StepSchedule(1, 2), new CosineSchedule(-1),
            new OneCycleSchedule(Rise: 1), new OneCycleSchedule(Start: 2),
            new PlateauSchedule(-1), new PlateauSchedule(Drop: double.NaN), new ConstantSchedule { WarmUpEpochs = -1 },
        ];
        Assert.All(wrong, schedule => Assert.Throws<ArgumentOutOfRangeException>(schedule.Validate));
    }
}
