using System.Runtime.InteropServices;

namespace ScratchNet.Kernels;

/// <summary>
/// A number alone on its cache lines, so that threads which write to it do not slow down readers of its neighbours.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct PaddedLong
{
    // 128 bytes on either side: processors fetch lines in pairs.
    [FieldOffset(128)]
    public long Value;
}
