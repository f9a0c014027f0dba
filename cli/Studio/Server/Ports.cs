using System.Net;
using System.Net.Sockets;

namespace ScratchNet.Cli.Studio.Server;

/// <summary>Where to listen.</summary>
internal static class Ports
{
    private const int MostTries = 100;

    /// <summary>The address that a name stands for.</summary>
    /// <exception cref="FailureException">It is none of this machine's.</exception>
    public static async Task<IPAddress> Resolve(string host)
    {
        IPAddress? address;
        try
        {
            address = IPAddress.TryParse(host, out var literal) ? literal
                : (await Dns.GetHostAddressesAsync(host)).FirstOrDefault();
        }
        catch (SocketException)
        {
            address = null;
        }

        if (address is null || !CanBind(address, 0, out _))
        {
            throw new FailureException($"--host is '{host}', which is no address of this machine; "
                + "leave it out for this machine only, or give 0.0.0.0 for every address");
        }

        return address;
    }

    /// <summary>
    /// The port to take: the one that was asked for or, when nothing was, the first free one from the usual on.
    /// </summary>
    /// <exception cref="FailureException">It can't be had; the message names the next free one.</exception>
    public static int Choose(IPAddress address, int port, bool isGiven)
    {
        if (CanBind(address, port, out var error))
        {
            return port;
        }

        if (error == SocketError.AccessDenied)
        {
            throw new FailureException($"port {port} is reserved for the system; take one from 1024 on with --port");
        }

        var free = Enumerable.Range(port + 1, MostTries).FirstOrDefault(next => next < 65_536 && CanBind(address, next, out _));
        return (isGiven, free) switch
        {
            (_, 0) => throw new FailureException($"port {port} is in use, and so are those after it; choose another with --port"),
            (true, _) => throw new FailureException($"port {port} is in use; the next free one is {free}: --port {free}"),
            _ => free,
        };
    }

    private static bool CanBind(IPAddress address, int port, out SocketError error)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            error = SocketError.Success;
            return true;
        }
        catch (SocketException exception)
        {
            error = exception.SocketErrorCode;
            return false;
        }
    }
}
