using ScratchNet.Tests.Training;
using Xunit;

namespace ScratchNet.Tests.Engine;

/// <summary>Training on an OpenCL device, which these tests share with those of the kernels.</summary>
[Collection(Requirements.OpenClCollection)]
public class OpenClTrainingTests
{
    [SkippableFact]
    public void Ten_golden_losses_are_found_to_rounding() => GoldenLossTests.CheckLosses(Requirements.OpenCl());

    [SkippableFact]
    public void A_training_step_copies_nothing_between_host_and_device() => NetworkTests.CheckCopies(Requirements.OpenCl());

    [SkippableFact]
    public void Nor_does_one_with_averaged_weights_clipping_and_class_weights() =>
        ModelWeightsTests.CheckCopies(Requirements.OpenCl());

    [SkippableFact]
    public void Averages_clips_and_weighs_like_the_processor() => ModelWeightsTests.CheckAgreement(Requirements.OpenCl());
}
