using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ScratchNet.Cli.Studio.Server;
using ScratchNet.Engine.Files;
using ScratchNet.Training.Data;
using ScratchNet.Training.Images;

namespace ScratchNet.Cli.Studio.Draw;

/// <summary>What the Draw page may ask for.</summary>
/// <param name="session">The model.</param>
/// <param name="worker">The session's thread.</param>
/// <param name="saveRun">Saves the model of the Train page's run into a file.</param>
internal sealed class DrawRoutes(DrawSession session, Worker worker, Func<string, Task> saveRun)
{
    private const int MostSide = 2048;
    private const long MostModelBytes = 256 << 20;

    /// <summary>Registers everything.</summary>
    public void Map(Routes routes)
    {
        // The default model takes seconds to make: whoever opens the page begins it.
        routes.Stream("/api/draw/events", session.Feed, () => _ = worker.Do(session.Prepare));
        routes.Post("/api/draw/look", async request =>
        {
            var (picture, name) = await ReadPicture(request);
            var pair = ReadPair(request);
            return await worker.Ask(() => session.Look(picture, name, pair));
        });
        routes.Post("/api/draw/teach", async request =>
        {
            var (picture, _) = await ReadPicture(request);
            var label = Whole(request, "label", 0, byte.MaxValue) ?? throw RequestException.Malformed("'label' is missing");
            return await worker.Ask(() => session.Teach(picture, label));
        });
        routes.Post("/api/draw/undo", async _ =>
        {
            await worker.Do(session.Undo);
            return new { done = true };
        });
        routes.Post("/api/draw/open", OpenModel);
        routes.Post("/api/draw/use-run", async _ =>
        {
            await TemporaryFile.Use(async path =>
            {
                await saveRun(path);
                await worker.Do(() => session.Load(path, "the Train page's network"));
            });
            return new { done = true };
        });
        routes.Download("/api/draw/model.safetensors", () =>
            worker.Ask(() => ("drawn.safetensors", TemporaryFile.ReadBack(session.SaveModel))));
    }

    /// <summary>Takes a model's file as the network to draw for; one that is damaged or none leaves the present one.</summary>
    private async Task<object> OpenModel(HttpRequest request)
    {
        var name = request.Query["name"].ToString() is { Length: > 0 } given ? Terminal.OneLine(given) : "the file";
        request.HttpContext.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MostModelBytes;
        await TemporaryFile.Use(async path =>
        {
            using (var file = File.Create(path))
            {
                await request.Body.CopyToAsync(file, request.HttpContext.RequestAborted);
            }

            try
            {
                await worker.Do(() => session.Load(path, name));
            }
            catch (ModelFileException exception)
            {
                throw RequestException.Malformed(exception.Message.Replace(path, name, StringComparison.Ordinal));
            }
        });
        return new { done = true };
    }

    /// <summary>A drawing, as width x height grey bytes, or a picture's file.</summary>
    private static async Task<(GreyPicture Picture, string Name)> ReadPicture(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        var bytes = body.ToArray();
        if (Whole(request, "width", 1, MostSide) is { } width)
        {
            var height = Whole(request, "height", 1, MostSide) ?? throw RequestException.Malformed("'height' is missing");
            return bytes.Length == width * height ? (new GreyPicture(width, height, bytes), "the drawing")
                : throw RequestException.Malformed(
                    $"a drawing of {width}x{height} has {width * height} bytes, but {bytes.Length} came");
        }

        try
        {
            return (PictureFile.Decode(bytes, "the picture"), "the picture");
        }
        catch (DataException exception)
        {
            throw RequestException.Malformed(exception.Message);
        }
    }

    private static (int, int)? ReadPair(HttpRequest request) =>
        Whole(request, "for", 0, byte.MaxValue) is { } most && Whole(request, "against", 0, byte.MaxValue) is { } second
            ? (most, second)
            : null;

    private static int? Whole(HttpRequest request, string name, int min, int max)
    {
        if (!request.Query.TryGetValue(name, out var text))
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw RequestException.Malformed($"'{name}' must be a whole number from {min} to {max}");
    }
}
