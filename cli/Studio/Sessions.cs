using ScratchNet.Cli.Runs;
using ScratchNet.Cli.Studio.Draw;
using ScratchNet.Cli.Studio.Kernels;
using ScratchNet.Cli.Studio.Playground;
using ScratchNet.Cli.Studio.Server;
using ScratchNet.Cli.Studio.Train;
using ScratchNet.Kernels;

namespace ScratchNet.Cli.Studio;

/// <summary>Everything that outlives a browser: what the pages talk to.</summary>
internal sealed class Sessions : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Backend _backend;
    private readonly TrainSession _train;
    private readonly Worker _trainer;
    private readonly DrawSession _draw;
    private readonly Worker _drawer;
    private readonly PlaygroundSession _playground = new();
    private readonly Worker _player;
    private readonly KernelsSession _kernels = new();
    private readonly Worker _measurer;
    private readonly DataSource? _own;

    private Sessions(StudioOptions options, Backend backend, Terminal terminal)
    {
        _backend = backend;
        _own = options.Data is null ? null : DataSource.Of(null, options.Data, null);
        _train = new TrainSession(backend, terminal);
        _trainer = new Worker("train", _train.Work);
        _trainer.Do(_train.Publish);
        _draw = new DrawSession(_end.Token);
        _drawer = new Worker("draw", () => false);
        _player = new Worker("playground", _playground.Work);
        _player.Do(_playground.PublishAll);
        _measurer = new Worker("kernels", () => false);
        _measurer.Do(() => _kernels.Publish(null));
    }

    /// <summary>Opens the device; a wrong one is told of before any page opens.</summary>
    /// <exception cref="ScratchNet.Engine.Files.ModelFileException">MODEL is none.</exception>
    public static Sessions Open(StudioOptions options, Terminal terminal)
    {
        var sessions = new Sessions(options, terminal.Open(options.Device, options.Threads), terminal);
        if (options.Model is { } model)
        {
            try
            {
                sessions._drawer.Do(() => sessions._draw.Load(RunFiles.NeedModel(model, terminal.Warn), model))
                    .GetAwaiter().GetResult();
            }
            catch
            {
                sessions.Dispose();
                throw;
            }
        }

        return sessions;
    }

    /// <summary>Registers what pages may ask for.</summary>
    public void Map(Routes routes)
    {
        new TrainRoutes(_train, _trainer, _own, () => _kernels.IsRunning, _end.Token).Map(routes);
        new DrawRoutes(_draw, _drawer, path => _trainer.Do(() => _train.Need().SaveModel(path))).Map(routes);
        new PlaygroundRoutes(_playground, _player).Map(routes);
        new KernelsRoutes(_kernels, _measurer, () => _train.IsRunning).Map(routes);
    }

    /// <summary>Saves what would be lost.</summary>
    /// <returns>Lines that say where.</returns>
    public IEnumerable<string> Save()
    {
        _end.Cancel();
        return _trainer.Ask(() =>
        {
            _train.Pause();
            return _train.IsUnsaved ? new[] { $"the run is saved: scratchnet train --resume {_train.Save()}" } : [];
        }).GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _end.Cancel();
        _kernels.Cancel();
        _measurer.Dispose();
        _kernels.Dispose();
        _trainer.Dispose();
        _train.Dispose();
        _drawer.Dispose();
        _draw.Dispose();
        _player.Dispose();
        _playground.Dispose();
        _backend.Dispose();
        _end.Dispose();
    }
}
