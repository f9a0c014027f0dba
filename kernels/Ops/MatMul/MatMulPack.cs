namespace ScratchNet.Kernels;

/// <content>Packing of b.</content>
internal sealed unsafe partial class MatMulJob<TVector, TLanes, TRegisters>
{
    /// <summary>
    /// Copies a group of columns of b, terms <paramref name="terms"/>, into strips: strip s begins at
    /// <c>s·StripColumns·terms</c>, its rows follow each other without gaps, the last one filled up with zeros to whole vectors.
    /// </summary>
    private void Pack(float* b, float* packed, Interval group, Interval terms)
    {
        for (var j = group.Start; j < group.End; j += StripColumns)
        {
            var width = Math.Min(StripColumns, group.End - j);
            var strip = packed + ((j - group.Start) * (nint)terms.Length);
            if (_call.TransposeB)
            {
                PackTransposed(b + ((nint)j * _call.K) + terms.Start, strip, width, terms.Length);
            }
            else
            {
                PackRows(b + ((nint)terms.Start * _call.N) + j, strip, width, terms.Length);
            }
        }
    }

    private void PackRows(float* b, float* strip, int width, int depth)
    {
        var padded = PaddedWidth(width);
        for (var p = 0; p < depth; p++)
        {
            var target = new Span<float>(strip + (p * (nint)padded), padded);
            new ReadOnlySpan<float>(b + (p * (nint)_call.N), width).CopyTo(target);
            target[width..].Clear();
        }
    }

    private void PackTransposed(float* b, float* strip, int width, int depth)
    {
        var padded = PaddedWidth(width);
        for (var p = 0; p < depth; p++)
        {
            var target = strip + (p * (nint)padded);
            for (var j = 0; j < width; j++)
            {
                target[j] = b[(j * (nint)_call.K) + p];
            }

            new Span<float>(target + width, padded - width).Clear();
        }
    }
}
