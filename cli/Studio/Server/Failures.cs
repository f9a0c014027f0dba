using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ScratchNet.Cli.Studio.Server;

/// <summary>Answers every failure with a status and <c>{"error": "one line for a person"}</c>.</summary>
internal static class Failures
{
    /// <summary>Runs what comes after and answers what it throws.</summary>
    public static async Task Answer(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: 404 or 405, HasStarted: false })
            {
                var (method, path) = (context.Request.Method, context.Request.Path);
                await Write(context, context.Response.StatusCode, context.Response.StatusCode == 404
                    ? $"{method} {path}: there is no such thing"
                    : $"{path} is asked with {context.Response.Headers.Allow}, not {method}");
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The browser has gone: nobody waits for an answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            var mostBytes = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
            var (status, message) = Describe(exception, mostBytes);
            await Write(context, status, message);
        }
    }

    private static (int Status, string Message) Describe(Exception exception, long? mostBytes) => exception switch
    {
        RequestException request => (request.Status, request.Message),
        BadHttpRequestException { StatusCode: 413 } => (413, $"this is too large; the limit is {mostBytes >> 20} MB"),
        BadHttpRequestException bad => (bad.StatusCode, $"the request is malformed: {bad.Message}"),
        UsageException => (400, exception.Message),
        OperationCanceledException => (503, "the studio is ending"),
        _ when Errors.IsForPeople(exception) => (422, Errors.Describe(exception)),
        _ => (500, Errors.Describe(exception)),
    };

    private static Task Write(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(new { error = Terminal.OneLine(message) }, context.RequestAborted);
    }
}
