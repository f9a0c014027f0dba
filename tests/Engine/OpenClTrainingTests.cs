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
}
