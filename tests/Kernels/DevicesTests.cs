using System.Diagnostics;
using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels;

public class DevicesTests
{
    [Fact]
    public void The_processor_and_the_simulator_are_always_there()
    {
        var usable = Devices.List().Where(device => device.IsUsable).Select(device => device.Id).ToArray();
        Assert.Contains("cpu", usable);
        Assert.Contains("simulator", usable);
    }

    [Fact]
    public void Every_kind_is_listed_and_what_cannot_be_used_says_why()
    {
        var devices = Devices.List();
        Assert.Equal(Enum.GetValues<DeviceKind>(), devices.Select(device => device.Kind).Distinct().Order());
        Assert.All(devices, device => Assert.True(device.IsUsable || device.WhyUnusable!.Length > 10));
        Assert.Distinct(devices.Select(device => device.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("CPU")]
    [InlineData("cpu:0")]
    [InlineData("opencl:-1")]
    [InlineData("opencl:x")]
    [InlineData("opencl:0:0")]
    [InlineData("opencl:99")]
    [InlineData("cuda:99")]
    public void A_device_that_is_not_there_is_one_line_that_says_what_is(string device)
    {
        var exception = Assert.Throws<DeviceException>(() => Devices.Open(device));
        Assert.Contains($"'{device}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("There is: cpu (", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Auto_never_takes_a_processor_that_poses_as_a_gpu()
    {
        using var backend = Devices.Open();
        Assert.True(backend is CpuBackend || !backend.Device.IsProcessor, backend.Device.ToString());
    }

    [Fact]
    public void Threads_reach_the_processor()
    {
        using var backend = Assert.IsType<CpuBackend>(Devices.Open("cpu", threads: 3));
        Assert.Equal(3, backend.Device.Units);
    }

    [SkippableFact]
    public void The_own_program_can_be_probed()
    {
        Skip.If(NativeDrivers.OpenCl == 0, "no OpenCL loader here");
        Assert.Null(OpenClProbe.Result.Failure);
        Assert.Equal(OpenClEnumeration.Devices(), OpenClProbe.Result.Devices);
    }

    [SkippableTheory]
    [InlineData("kill -SEGV $$", "exit code 139")]
    [InlineData("exit 0", "exit code 0")]
    [InlineData("printf 'scratchnet-opencl-device\\tgpu\\tHalf a list\\n'; exit 3", "exit code 3")]
    [InlineData("sleep 600", "did not answer within 0.3 s")]
    public void A_driver_that_crashes_or_hangs_is_a_reason_and_no_more(string driver, string reason)
    {
        Skip.If(OperatingSystem.IsWindows(), "needs a POSIX shell");
        var result = OpenClProbe.Run(
            Shell(driver), TimeSpan.FromSeconds(driver.StartsWith("sleep", StringComparison.Ordinal) ? 0.3 : 60));
        Assert.Contains(reason, result.Failure, StringComparison.Ordinal);
        Assert.Empty(result.Devices);
    }

    [SkippableFact]
    public void Devices_are_read_from_between_a_drivers_chatter()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs a POSIX shell");
        const string Driver = "echo hello; "
            + "printf 'scratchnet-opencl-device\\tgpu\\tA GPU\\nscratchnet-opencl-device\\tprocessor\\tPoCL\\n'; "
            + "echo oops >&2; echo scratchnet-opencl-end";
        var result = OpenClProbe.Run(Shell(Driver), TimeSpan.FromSeconds(60));
        Assert.Null(result.Failure);
        Assert.Equal([new ProbedDevice(false, "A GPU"), new ProbedDevice(true, "PoCL")], result.Devices);
    }

    [Fact]
    public void A_program_that_cannot_be_started_is_a_reason()
    {
        var result = OpenClProbe.Run(new ProcessStartInfo("/no/such/program"), TimeSpan.FromSeconds(60));
        Assert.Contains("cannot be probed", result.Failure, StringComparison.Ordinal);
    }

    private static ProcessStartInfo Shell(string script)
    {
        var command = new ProcessStartInfo("sh");
        command.ArgumentList.Add("-c");
        command.ArgumentList.Add(script);
        return command;
    }
}
