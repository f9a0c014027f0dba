using ScratchNet.Kernels;

namespace ScratchNet.Engine.Files;

public sealed partial class SafetensorsFile
{
    /// <summary>Writes the file whole or not at all (<see cref="AtomicFile"/>). The same content gives the same bytes.</summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <param name="checksum">Whether to add the checksums.</param>
    /// <exception cref="IOException">It cannot be written; one line says which and why. The older file stands.</exception>
    public void Write(string path, bool checksum = true) => AtomicFile.Write(path, stream => Write(stream, checksum));

    /// <summary>Writes the file to a stream.</summary>
    /// <param name="stream">Where to; it must be able to seek, since the checksums stand before what they are of.</param>
    /// <param name="checksum">Whether to add the checksums.</param>
    public void Write(Stream stream, bool checksum = true) =>
        new SafetensorsWriter(_tensors.Values.Select(TensorSource.Of), _metadata, ChecksumKind).Write(stream, checksum);
}
