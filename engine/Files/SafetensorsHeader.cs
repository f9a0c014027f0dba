namespace ScratchNet.Engine.Files;

/// <summary>What the header says of one tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Begin">Its first byte, counted from the start of the data section.</param>
/// <param name="End">One past its last byte.</param>
/// <param name="Offset">Where in the file its entry starts, for messages.</param>
internal sealed record TensorEntry(string Name, int[] Shape, long Begin, long End, long Offset);

/// <summary>A parsed header.</summary>
/// <param name="Metadata">The text-to-text map, in the file's order.</param>
/// <param name="Tensors">The entries, in the file's order.</param>
/// <param name="ChecksumEnd">
/// Where in the header the value of the header's checksum ends, closing quote included; what follows
/// is what that checksum covers. 0 when there is none.
/// </param>
internal sealed record SafetensorsHeader(
    OrderedDictionary<string, string> Metadata,
    OrderedDictionary<string, TensorEntry> Tensors,
    int ChecksumEnd)
{
    /// <summary>Checks that the tensors fill the data section: each its own bytes, no byte twice, none left over.</summary>
    /// <param name="dataStart">Where the data section starts in the file.</param>
    /// <param name="dataLength">Its length in bytes.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <returns>The entries in the order of their bytes.</returns>
    /// <exception cref="ModelFileException">They do not; names the tensor.</exception>
    public List<TensorEntry> InDataOrder(long dataStart, long dataLength, string file)
    {
        var entries = Tensors.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End).ToList();
        var filled = 0L;
        var previous = "the header";
        foreach (var entry in entries)
        {
            var name = ModelFileException.Quote(entry.Name);
            CheckSpan(entry, name, file);
            if (entry.Begin != filled)
            {
                var fault = entry.Begin < filled ? "overlaps" : "leaves a hole after";
                throw ModelFileException.At(file, entry.Offset,
                    $"tensor {name} {fault} {previous}: its data must start at {filled}, found {entry.Begin}");
            }

            filled = entry.End;
            previous = name;
        }

        CheckEnd(previous, filled, dataStart, dataLength, file);
        return entries;
    }

    private static void CheckSpan(TensorEntry entry, string name, string file)
    {
        if (!StoredTensor.TryCount(entry.Shape, out var count) || count > StoredTensor.MostValues)
        {
            throw ModelFileException.At(file, entry.Offset,
                $"tensor {name} of shape {StoredTensor.Format(entry.Shape)} is too large; " +
                $"at most {StoredTensor.MostValues} values are possible");
        }

        if (entry.Begin < 0 || entry.End < entry.Begin || entry.End - entry.Begin != count * sizeof(float))
        {
            throw ModelFileException.At(file, entry.Offset,
                $"tensor {name} of shape {StoredTensor.Format(entry.Shape)} needs {count * sizeof(float)} bytes, " +
                $"but its data_offsets are [{entry.Begin}, {entry.End}]");
        }
    }

    private static void CheckEnd(string last, long filled, long dataStart, long dataLength, string file)
    {
        if (filled > dataLength)
        {
            throw ModelFileException.At(file, dataStart + dataLength,
                $"the file ends here, but its tensors up to {last} need {filled} bytes of data and {dataLength} are there");
        }

        if (filled < dataLength)
        {
            throw ModelFileException.At(file, dataStart + filled,
                $"{dataLength - filled} bytes follow that belong to no tensor; the last one is {last}");
        }
    }
}
