using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace ScratchNet.Training.TensorBoard;

/// <summary>
/// Writes an event file for TensorBoard. The file is a row of TFRecords (tensorflow/core/lib/io/record_writer.h), each
/// <c>u64 length, u32 masked CRC of the length, the data, u32 masked CRC of the data</c>, all little-endian; the data of each is
/// an <c>Event</c> message (tensorflow/core/util/event.proto). Every event reaches the file before its call returns.
/// </summary>
public sealed class EventFile : IDisposable
{
    private const string Version = "brain.Event:2";

    // Fields of Event, and of SessionLog inside it.
    private const int WallTime = 1;
    private const int Step = 2;
    private const int FileVersion = 3;
    private const int Summary = 5;
    private const int SessionLog = 7;
    private const int Status = 1;
    private const int StatusStart = 1;

    private readonly Stream _stream;
    private readonly TimeProvider _time;

    /// <summary>Begins an event file.</summary>
    /// <param name="stream">Where to; disposed with this.</param>
    /// <param name="firstStep">
    /// What TensorBoard has seen of this run from this step on is void: a run that goes on makes those steps again.
    /// </param>
    /// <param name="time">The clock that events are stamped with; left out, the system's.</param>
    public EventFile(Stream stream, long firstStep = 0, TimeProvider? time = null)
    {
        _stream = stream;
        _time = time ?? TimeProvider.System;
        WriteEvent(message => message.Text(FileVersion, Version));
        WriteEvent(message =>
        {
            message.Integer(Step, firstStep);
            message.Message(SessionLog, log => log.Integer(Status, StatusStart));
        });
    }

    /// <summary>The name that TensorBoard looks for, different for every second, machine and process.</summary>
    public static string NewName() => string.Create(CultureInfo.InvariantCulture,
        $"events.out.tfevents.{DateTimeOffset.UtcNow.ToUnixTimeSeconds():0000000000}."
        + $"{Environment.MachineName}.{Environment.ProcessId}");

    /// <summary>Writes what a step came to, as one event.</summary>
    /// <param name="step">The step, on the charts' x axis.</param>
    /// <param name="fill">Adds scalars, histograms and pictures.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(long step, Action<EventSummary> fill) => WriteEvent(message =>
    {
        message.Integer(Step, step);
        message.Message(Summary, summary => fill(new EventSummary(summary)));
    });

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private void WriteEvent(Action<ProtobufWriter> content)
    {
        var message = new ProtobufWriter();
        message.Double(WallTime, _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        content(message);
        WriteRecord(message.Bytes);
    }

    private void WriteRecord(ReadOnlySpan<byte> data)
    {
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(head, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], MaskedCrc(head[..8]));
        Span<byte> foot = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(foot, MaskedCrc(data));
        _stream.Write([.. head, .. data, .. foot]);
        _stream.Flush();
    }

    /// <summary>CRC-32C, masked so that the CRC of data with CRCs inside stays useful
    /// (tensorflow/core/lib/hash/crc32c.h).</summary>
    private static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }
}
