using System.Net;
using ScratchNet.Cli;
using ScratchNet.Cli.Studio;
using ScratchNet.Cli.Studio.Server;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Studio;

/// <summary>A studio that listens at a free port, with a small model that knows the bundled digits.</summary>
public sealed class StudioFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly Sessions _sessions;
    private StudioServer? _server;

    public StudioFixture()
    {
        var model = _folder.File("model.safetensors");
        SaveModel(model);
        var options = new StudioOptions(model, null, "127.0.0.1", 0, false, false, "cpu", 2);
        _sessions = Sessions.Open(options, Terminal.Redirected(TextWriter.Null, TextWriter.Null));
    }

    /// <summary>Where it listens, ending in a slash.</summary>
    public string Address => _server!.Address;

    public string File(string name) => _folder.File(name);

    public async Task InitializeAsync() => _server = await StudioServer.Start(IPAddress.Loopback, 0, "127.0.0.1", _sessions);

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _sessions.Dispose();
        _folder.Dispose();
    }

    private static void SaveModel(string path)
    {
        using var backend = new CpuBackend(2);
        var digits = BundledDigits.Load().Train;
        using var network = new Network(
            backend, digits.Features, [new Dense(64, Activation.Relu), new Dense(digits.Classes)], new SoftmaxCrossEntropy());
        network.Fit(digits, epochs: 6);
        TrainedModel.Of(network, digits).Save(path);
    }
}
