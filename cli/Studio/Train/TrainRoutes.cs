using ScratchNet.Cli.Runs;
using ScratchNet.Cli.Studio.Server;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>What the Train page may ask for.</summary>
/// <param name="session">The run.</param>
/// <param name="worker">The session's thread.</param>
/// <param name="own">The data of --data, or null.</param>
/// <param name="isMeasuring">Whether the Kernels page measures, which a run would disturb.</param>
/// <param name="end">The server is ending.</param>
internal sealed class TrainRoutes(
    TrainSession session, Worker worker, DataSource? own, Func<bool> isMeasuring, CancellationToken end)
{
    /// <summary>What the data of --data are called among the choices.</summary>
    public const string Own = "own";

    /// <summary>Registers everything.</summary>
    public void Map(Routes routes)
    {
        routes.Stream("/api/train/events", session.Feed);
        routes.Get("/api/train/choices", _ => Task.FromResult<object>(TrainChoices.Of(own)));
        routes.Post("/api/train/new", async request =>
        {
            var body = await JsonBody.Read(request);
            var options = body.Texts("options").ToDictionary(option => "--" + option.Key, option => option.Value);
            TrainChoices.CheckNames(options.Keys);
            var source = Source(body.Text("dataset"));
            return await Do(() => session.Create(source, options, end));
        });
        routes.Post("/api/train/start", _ => isMeasuring()
            ? throw RequestException.Conflict("the Kernels page measures, which a run would disturb; cancel that first, or wait")
            : Do(session.Start));
        routes.Post("/api/train/pause", _ => Do(session.Pause));
        routes.Post("/api/train/step", _ => Do(session.Step));
        routes.Post("/api/train/rewind", _ => Do(session.Rewind));
        routes.Post("/api/train/save", async _ => new { folder = await worker.Ask(session.Save) });
        var export = new TrainExport(session);
        routes.Download("/api/train/model.safetensors", () => worker.Ask(export.Model));
        routes.Download("/api/train/run.zip", () => worker.Ask(export.Run));
    }

    private async Task<object> Do(Action work)
    {
        await worker.Do(work);
        return new { done = true };
    }

    private DataSource Source(string name) => name == Own
        ? own ?? throw RequestException.Malformed("there are no data of your own: start the studio with --data")
        : new DataSource(DataSource.FindEntry(name).Name, null);
}
