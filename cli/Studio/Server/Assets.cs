using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ScratchNet.Cli.Studio.Server;

/// <summary>
/// The files that browsers are sent. They are in the program itself; pages are put into the frame that all share.
/// </summary>
internal sealed class Assets
{
    private const string Prefix = "studio/";
    private const string Frame = "frame.html";
    private const string PagesFolder = "pages/";

    private static readonly (string Name, string Title)[] Pages =
        [("draw", "Draw"), ("train", "Train"), ("playground", "Playground"), ("kernels", "Kernels")];

    private readonly Dictionary<string, (byte[] Bytes, string Type, string Tag)> _files = [];

    /// <summary>Reads them all.</summary>
    public Assets()
    {
        var assembly = typeof(Assets).Assembly;
        var texts = assembly.GetManifestResourceNames().Select(name => (Name: name.Replace('\\', '/'), Resource: name))
            .Where(file => file.Name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(file => file.Name[Prefix.Length..], file => Read(assembly.GetManifestResourceStream(file.Resource)!));
        foreach (var (name, text) in texts.Where(file => !file.Key.EndsWith(".html", StringComparison.Ordinal)))
        {
            Add("/" + name, text);
        }

        foreach (var (name, title) in Pages)
        {
            Add("/" + name, texts[Frame].Replace("{title}", title, StringComparison.Ordinal)
                .Replace("{name}", name, StringComparison.Ordinal)
                .Replace($"href=\"/{name}\"", $"href=\"/{name}\" aria-current=\"page\"", StringComparison.Ordinal)
                .Replace("{main}", texts[$"{PagesFolder}{name}.html"], StringComparison.Ordinal));
        }
    }

    /// <summary>Sends the file of a path.</summary>
    /// <returns>Whether there is one.</returns>
    public async Task<bool> Send(HttpContext context)
    {
        if (!_files.TryGetValue(context.Request.Path.Value ?? "", out var file))
        {
            return false;
        }

        // Browsers ask each time whether what they have is still right: another version of the program may run here tomorrow.
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.ETag = file.Tag;
        if (context.Request.Headers.IfNoneMatch == file.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return true;
        }

        context.Response.ContentType = file.Type;
        context.Response.ContentLength = file.Bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(file.Bytes, context.RequestAborted);
        }

        return true;
    }

    private void Add(string path, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var type = Path.GetExtension(path) switch
        {
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "text/html; charset=utf-8",
        };
        _files[path] = (bytes, type, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"");
    }

    private static string Read(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
