using System.Text;
using System.Text.Json;
using ScratchNet.Cli.Studio.Server;

namespace ScratchNet.Cli.Studio.Playground;

/// <summary>What the Playground page may ask for.</summary>
internal sealed class PlaygroundRoutes(PlaygroundSession session, Worker worker)
{
    private const int MostCsvBytes = 1 << 20;
    private const int FastestPace = 100_000;

    /// <summary>Registers everything.</summary>
    public void Map(Routes routes)
    {
        routes.Stream("/api/playground/events", session.Feed);
        routes.Post("/api/playground/change", async request =>
        {
            var body = await JsonBody.Read(request);
            var settings = PlaygroundSettings.Read(body);
            var own = body.Has("points") ? body.List("points", Points.Most).Select(ReadPoint).ToArray() : null;
            return await Do(() => session.Change(settings, own));
        });
        routes.Post("/api/playground/csv", async request =>
        {
            if (request.ContentLength > MostCsvBytes)
            {
                throw new RequestException(413, $"the file is larger than {MostCsvBytes >> 20} MB");
            }

            using var reader = new StreamReader(request.Body, Encoding.UTF8);
            var points = PointsCsv.Read(await reader.ReadToEndAsync(request.HttpContext.RequestAborted));
            return new { points = Points.Own(points).Train.Select(point => new[] { point.X, point.Y, point.Label }) };
        });
        routes.Post("/api/playground/start", _ => Do(() => session.SetRunning(true)));
        routes.Post("/api/playground/pause", _ => Do(() => session.SetRunning(false)));
        routes.Post("/api/playground/step", _ => Do(session.Step));
        routes.Post("/api/playground/rewind", _ => Do(session.Rewind));
        routes.Post("/api/playground/pace", async request =>
        {
            var steps = (await JsonBody.Read(request)).Whole("stepsPerSecond", 0, FastestPace);
            return await Do(() => session.SetPace(steps));
        });
        routes.Post("/api/playground/trace", async request =>
        {
            var body = await JsonBody.Read(request);
            var (x, y) = (body.Real("x", -2, 2), body.Real("y", -2, 2));
            var label = body.Whole("label", 0, Points.MostClasses - 1);
            return await worker.Ask(() => session.Trace(x, y, label));
        });
    }

    private async Task<object> Do(Action work)
    {
        await worker.Do(work);
        return new { done = true };
    }

    private static LabelledPoint ReadPoint(JsonElement entry, int index)
    {
        var isPoint = entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 3
            && entry.EnumerateArray().All(value => value.ValueKind == JsonValueKind.Number);
        if (isPoint && Math.Abs(entry[0].GetDouble()) <= 2 && Math.Abs(entry[1].GetDouble()) <= 2
            && entry[2].TryGetInt32(out var label) && label is >= 0 and < Points.MostClasses)
        {
            return new LabelledPoint(entry[0].GetDouble(), entry[1].GetDouble(), label);
        }

        throw RequestException.Malformed($"'points' must hold [x, y, class] with x and y from -2 to 2 and a class from 0 to "
            + $"{Points.MostClasses - 1}, but entry {index} is {Terminal.OneLine(entry.GetRawText())}");
    }
}
