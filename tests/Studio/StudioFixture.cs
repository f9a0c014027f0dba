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
    private const string Loopback = "127.0.0.1";

    private readonly TemporaryFolder _folder = new();
    private readonly Sessions _sessions;
    private StudioServer? _server;

    public StudioFixture()
    {
        SaveModel(Model);
        var options = new StudioOptions(Model, null, Loopback, 0, false, false, "cpu", 2);
        _sessions = Sessions.Open(options, Terminal.Redirected(TextWriter.Null, TextWriter.Null));
    }

    /// <summary>Where it listens, ending in a slash.</summary>
    public string Address => _server!.Address;

    /// <summary>The file of the model that the Draw page begins with.</summary>
    public string Model => _folder.File("model.safetensors");

    public string File(string name) => _folder.File(name);

    public Task InitializeAsync() => Serve(0);

    /// <summary>Drops every connection, and listens again at the same address after something was done.</summary>
    public async Task Restart(Func<Task> meanwhile)
    {
        var port = new Uri(Address).Port;
        await _server!.DisposeAsync();
        await meanwhile();
        await Serve(port);
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _sessions.Dispose();
        _folder.Dispose();
    }

    private async Task Serve(int port) => _server = await StudioServer.Start(IPAddress.Loopback, port, Loopback, _sessions);

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
