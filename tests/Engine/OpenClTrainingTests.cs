using Xunit;

namespace ScratchNet.Tests.Engine;

/// <summary>
/// Training on an OpenCL device. In one collection with the kernels' tests: PoCL 3.1 sometimes fails to build a kernel while another
/// context of the same process is building one.
/// </summary>
[Collection(Requirements.OpenClCollection)]
public class OpenClTrainingTests
{
    [SkippableFact]
    public void Ten_golden_losses_are_found_to_rounding() => GoldenLossTests.CheckLosses("opencl");

    [SkippableFact]
    public void A_training_step_copies_nothing_between_host_and_device() => NetworkTests.CheckCopies("opencl");
}
