using ScratchNet.Cli.Bench;
using ScratchNet.Cli.Commands;
using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Studio.Server;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Studio.Kernels;

/// <summary>A way to compute an operation.</summary>
internal sealed record VariantChoice(string Name, string Place, string Idea);

/// <summary>An operation with its ladder of variants.</summary>
internal sealed record OperationChoice(
    string Name, string Formula, string SizeForm, string Size, IReadOnlyList<VariantChoice> Variants);

/// <summary>A device to measure on.</summary>
internal sealed record DeviceChoice(string Id, string Name, string? WhyUnusable);

/// <summary>What the Kernels page may ask for.</summary>
/// <param name="session">The measurements.</param>
/// <param name="worker">The session's thread.</param>
/// <param name="isTraining">Whether a run of the Train page goes on, which would disturb a measurement.</param>
internal sealed class KernelsRoutes(KernelsSession session, Worker worker, Func<bool> isTraining)
{
    // Finding devices takes some tenths of a second.
    private readonly Lazy<DeviceChoice[]> _devices = new(() => [.. Devices.List().Select(device =>
        new DeviceChoice(device.Id, device.Name, device.WhyUnusable))]);

    /// <summary>Registers everything.</summary>
    public void Map(Routes routes)
    {
        routes.Stream("/api/kernels/events", session.Feed);
        routes.Get("/api/kernels/choices", _ => Task.Run<object>(() => new { operations = Choices(), devices = _devices.Value }));
        routes.Get("/api/kernels/code", request => Task.Run<object>(() => new
        {
            text = KernelsCommand.Text(request.Query["kernel"].ToString(), Or(request.Query["as"].ToString(), "csharp"), null),
        }));
        routes.Post("/api/kernels/run", async request =>
        {
            var body = await JsonBody.Read(request);
            var words = BenchRequest.Read(new BenchWords(body.Text("operation"), body.OptionalText("size"), null, null, null));
            var device = CommonOptions.CheckDevice("device", body.Text("device"));
            if (session.IsRunning)
            {
                throw RequestException.Conflict("a measurement is under way; cancel it first");
            }

            if (isTraining())
            {
                throw RequestException.Conflict("the Train page's run would disturb the measurement; pause it first");
            }

            _ = worker.Do(() => session.Run(words, device));
            return new { done = true };
        });
        routes.Post("/api/kernels/cancel", _ =>
        {
            session.Cancel();
            return Task.FromResult<object>(new { done = true });
        });
    }

    private static OperationChoice[] Choices() => [.. BenchCases.All.Select(bench => new OperationChoice(
        bench.Operation.Name,
        bench.Operation.Formula,
        bench.SizeForm,
        Size(bench.DefaultShapes[0]),
        [.. bench.Operation.Variants.Select(variant =>
            new VariantChoice(variant.Name, variant.Target == Target.Cpu ? "cpu" : "gpu", variant.Idea))]))];

    /// <summary>A size as the bench reads it.</summary>
    private static string Size(BenchShape shape) => shape switch
    {
        { N: 1, K: 1 } => $"{shape.M}",
        { K: 1 } => $"{shape.M}x{shape.N}",
        _ => $"{shape.M}x{shape.N}x{shape.K}",
    };

    private static string Or(string text, string other) => text.Length > 0 ? text : other;
}
