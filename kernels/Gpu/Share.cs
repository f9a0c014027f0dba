using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>
/// The elements that this group works on: one contiguous share a group, through which its threads stride together. On a GPU
/// neighbouring threads then read neighbouring elements; on a processor, with one thread a group, the loop has
/// stride one and its compiler can vectorise it.
/// </summary>
/// <param name="First">This thread's first element; it goes on in steps of <see cref="Group.DimX"/>.</param>
/// <param name="End">One past the group's last element.</param>
internal readonly record struct Share(int First, int End)
{
    /// <summary>This thread's part of a number of elements.</summary>
    public static Share Of(int count)
    {
        var perGroup = ((long)count + Grid.DimX - 1) / Grid.DimX;
        perGroup = (perGroup + Group.DimX - 1) / Group.DimX * Group.DimX;
        var start = Grid.IdxX * perGroup;
        var end = start + perGroup;
        return new Share(
            start + Group.IdxX < count ? (int)start + Group.IdxX : count,
            end < count ? (int)end : count);
    }
}
