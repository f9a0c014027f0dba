using ScratchNet.Engine.Files;
using Xunit;

namespace ScratchNet.Tests.Engine.Files;

public sealed class SafetensorsReadTests
{
    private const string Name = "test.safetensors";
    private const string OneNumber = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    private const string First = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

    [Theory]
    [InlineData("", "byte 8: the header must start with '{', found an empty header")]
    [InlineData("[1]", "byte 8: the header must start with '{', found 0x5B")]
    [InlineData(" {}", "byte 8: the header must start with '{', found 0x20")]
    [InlineData("{\"a\":", "byte 13: the header is no valid JSON")]
    [InlineData("{} {}", "byte 11: the header is no valid JSON")]
    [InlineData("{}\0", "byte 10: the header is no valid JSON")]
    [InlineData("{/**/}", "the header is no valid JSON")]
    [InlineData("{\"\\ud800\":{}}", "byte 9: the header's text is not valid")]
    [InlineData("{\"a\":[]}", "byte 13: tensor \"a\": expected an object, found an array")]
    [InlineData("{\"a\\n\\u0007\":3}", "tensor \"a\\n\\u0007\": expected an object, found a number")]
    [InlineData("{\"a\":{}}", "byte 9: tensor \"a\" must have a dtype, a shape and two data_offsets")]
    [InlineData("{\"__metadata__\":null}", "__metadata__: expected an object, found null")]
    [InlineData("{\"__metadata__\":{\"k\":1}}", "byte 29: metadata \"k\": expected a text, found a number")]
    [InlineData("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", "byte 33: \"k\" appears twice")]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}}", "byte 27: \"__metadata__\" appears twice")]
    [InlineData("{\"__metadata__\":{\"data_sha256\":\"00\"}}", "one of header_sha256 and data_sha256 is missing")]
    [InlineData("{\"__metadata__\":{\"header_sha256\":\"00\"}}", "one of header_sha256 and data_sha256 is missing")]
    [InlineData("{\"__metadata__\":{\"header_sha256\":\"00\",\"data_sha256\":\"\"}}", "header_sha256 does not match")]
    [InlineData("{\"__metadata__\":{\"data_xxh128\":\"00\"}}", "one of header_xxh128 and data_xxh128 is missing")]
    [InlineData("{\"__metadata__\":{\"header_xxh128\":\"00\",\"data_xxh128\":\"\"}}", "header_xxh128 does not match")]
    [InlineData("{" + First + "," + First + "}", "byte 62: \"a\" appears twice")]
    public void AMalformedHeaderIsNamedWithItsByte(string header, string message) =>
        AssertFails(PlainSafetensors.Build(header, new byte[8]), message);

    [Theory]
    [InlineData("\"dtype\":\"F32\",\"shape\":[1]", "must have a dtype, a shape and two data_offsets")]
    [InlineData("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]", "must have a dtype, a shape and two data_offsets")]
    [InlineData("\"dtype\":\"F32\",\"dtype\":\"F32\"", "\"dtype\" appears twice")]
    [InlineData("\"dtype\":\"F32\",\"strides\":[1]", "tensor \"w\" has an unknown field \"strides\"")]
    [InlineData("\"dtype\":32", "the dtype of tensor \"w\": expected a text, found a number")]
    [InlineData("\"dtype\":\"BF16\"", "byte 22: tensor \"w\" has dtype \"BF16\", expected \"F32\". Convert the file to float32")]
    [InlineData("\"dtype\":\"f32\"", "tensor \"w\" has dtype \"f32\", expected \"F32\"")]
    [InlineData("\"shape\":1", "the shape of tensor \"w\": expected an array, found a number")]
    [InlineData("\"shape\":[1,\"2\"]", "byte 25: the shape of tensor \"w\" must be whole numbers from 0 to 2147483647")]
    [InlineData("\"shape\":[-1]", "the shape of tensor \"w\" must be whole numbers")]
    [InlineData("\"shape\":[1.5]", "the shape of tensor \"w\" must be whole numbers")]
    [InlineData("\"shape\":[[1]]", "the shape of tensor \"w\" must be whole numbers")]
    [InlineData("\"shape\":[2147483648]", "the shape of tensor \"w\" must be whole numbers")]
    [InlineData("\"data_offsets\":[0,99999999999999999999]", "the data_offsets of tensor \"w\" must be whole numbers")]
    public void AMalformedTensorIsNamedWithItsField(string fields, string message) =>
        AssertFails(PlainSafetensors.Build($"{{\"w\":{{{fields}}}}}", new byte[4]), message);

    [Theory]
    [InlineData("[2]", "[0,4]", "tensor \"b\" of shape [2] needs 8 bytes, but its data_offsets are [0, 4]")]
    [InlineData("[1]", "[12,8]", "tensor \"b\" of shape [1] needs 4 bytes, but its data_offsets are [12, 8]")]
    [InlineData("[1]", "[4,8]", "tensor \"b\" overlaps \"a\": its data must start at 8, found 4")]
    [InlineData("[1]", "[12,16]", "tensor \"b\" leaves a hole after \"a\": its data must start at 8, found 12")]
    [InlineData("[0]", "[8,8]", "byte 123: 4 bytes follow that belong to no tensor; the last one is \"b\"")]
    [InlineData("[2]", "[8,16]", "byte 128: the file ends here, but its tensors up to \"b\" need 16 bytes of data and 12")]
    [InlineData("[2147483647,2147483647,3]", "[8,12]", "tensor \"b\" of shape [2147483647, 2147483647, 3] is too large")]
    [InlineData("[65536,65536,65536,65536]", "[8,8]", "is too large; at most 536870911 values are possible")]
    [InlineData("[536870912]", "[8,2147483656]", "tensor \"b\" of shape [536870912] is too large")]
    public void TensorsThatDoNotFillTheDataAreNamed(string shape, string offsets, string message)
    {
        var second = $"\"b\":{{\"dtype\":\"F32\",\"shape\":{shape},\"data_offsets\":{offsets}}}";
        AssertFails(PlainSafetensors.Build($"{{{First},{second}}}", new byte[12]), message);
    }

    [Theory]
    [InlineData(0x7FC00000u, "NaN")]
    [InlineData(0xFFFFFFFFu, "NaN")]
    [InlineData(0x7F800000u, "Infinity")]
    [InlineData(0xFF800000u, "-Infinity")]
    public void ANumberThatIsNotFiniteIsNamedUnlessItIsAllowed(uint bits, string shown)
    {
        var values = new float[100];
        (values[70], values[71]) = (BitConverter.UInt32BitsToSingle(bits), float.NegativeInfinity);
        values[72] = float.NaN;
        var bytes = Bytes(new SafetensorsFile([new("first", [3], [1, 2, 3]), new("w", [100], values)]));
        var offset = bytes.Length - ((100 - 70) * 4);
        AssertFails(bytes, $"byte {offset}: tensor \"w\" holds {shown} at element 70, expected finite numbers");

        var read = SafetensorsFile.Read(new MemoryStream(bytes), Name, allowNonFinite: true);
        Assert.Equal(bits, BitConverter.SingleToUInt32Bits(read.Tensors["w"].Values[70]));
    }

    [Fact]
    public void AFileIsCutShortAtAnyByteAndSaysSo()
    {
        var whole = Bytes(Small());
        for (var length = 0; length < whole.Length; length++)
        {
            var message = length < 8 ? $"byte {length}: the file ends here; expected at least 8 bytes, found {length}" : "byte";
            AssertFails(whole[..length], message);
        }
    }

    [Theory]
    [InlineData(ChecksumKind.Sha256)]
    [InlineData(ChecksumKind.XxHash128)]
    public void AnyFlippedBitIsFoundByTheChecksums(ChecksumKind kind)
    {
        var bytes = Bytes(Small(kind));
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertFails(bytes, "byte");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        SafetensorsFile.Read(new MemoryStream(bytes), Name);
    }

    [Fact]
    public void WithoutChecksumsAnyFlippedBitIsFoundOrReadAsAnotherReaderReadsIt()
    {
        var bytes = Bytes(Small(), checksum: false);
        var (found, read) = (0, 0);
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            if (TryRead(bytes) is { } file)
            {
                read++;
                var (metadata, tensors) = PlainSafetensors.Parse(bytes);
                Assert.Equal(metadata.ToHashSet(), file.Metadata.ToHashSet());
                Assert.Equal(tensors.Select(tensor => (tensor.Name, tensor.Shape[0], tensor.Bits[0])),
                    file.Tensors.Values.Select(tensor =>
                        (tensor.Name, tensor.Shape[0], BitConverter.SingleToUInt32Bits(tensor.Values[0]))));
            }
            else
            {
                found++;
            }

            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(found > 100 && read > 100, $"{found} found, {read} read: the test has lost one of its halves");
    }

    [Fact]
    public void PromisesThatTheFileDoesNotKeepAllocateNothing()
    {
        byte[][] liars =
        [
            [.. BitConverter.GetBytes(4_000_000_000ul), .. "{}"u8],
            [.. BitConverter.GetBytes(ulong.MaxValue), .. "{}"u8],
            [.. BitConverter.GetBytes(100_000_000ul), .. "{}"u8],
            PlainSafetensors.Build("{\"w\":{\"dtype\":\"F32\",\"shape\":[500000000],\"data_offsets\":[0,2000000000]}}"),
            PlainSafetensors.Build("{\"w\":{\"dtype\":\"F32\",\"shape\":[1000000000],\"data_offsets\":[0,4000000000]}}"),
        ];
        foreach (var liar in liars)
        {
            AssertFails(liar, "byte");
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Null(TryRead(liar));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        }
    }

    [Fact]
    public void AHeaderLengthBeyondTheFileOrTheLimitIsNamed()
    {
        AssertFails([9, 0, 0, 0, 0, 0, 0, 0, .. "{}"u8], "byte 0: the header's length is 9 bytes, but only 2 bytes follow");
        AssertFails([1, 0xE1, 0xF5, 5, 0, 0, 0, 0, .. "{}"u8],
            "byte 0: the header's length is 100000001 bytes, expected at most 100000000");
    }

    [Fact]
    public void AChangedWeightFailsTheDataChecksum()
    {
        var bytes = Bytes(Small());
        bytes[^1] ^= 1;
        AssertFails(bytes, "data_sha256 does not match");
    }

    [Fact]
    public void AnInvalidCharacterInANameIsNamed()
    {
        var bytes = PlainSafetensors.Build(OneNumber, 0, 0, 0, 0);
        bytes[10] = 0xFF;
        AssertFails(bytes, "byte 9: the header's text is not valid");
    }

    [Fact]
    public void ALongNameDoesNotFloodTheMessage()
    {
        var error = Assert.Throws<ModelFileException>(() =>
            SafetensorsFile.Read(new MemoryStream(PlainSafetensors.Build($"{{\"{new string('x', 5000)}\":3}}")), Name));
        Assert.InRange(error.Message.Length, 60, 300);
    }

    [Fact]
    public void FilesOfOthersAreRead()
    {
        // White space, entries in another order than their data, an escaped name, no padding, nothing at all.
        const string Header = "{ \"b\": {\"shape\": [1], \"data_offsets\": [4, 8], \"dtype\": \"F32\"},\n" +
            "\"\\u0061\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]} }\t ";
        var file = SafetensorsFile.Read(new MemoryStream(PlainSafetensors.Build(Header, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40)), Name);
        Assert.Equal(["b", "a"], file.Tensors.Keys);
        Assert.Equal([2f], file.Values("b", 1));
        Assert.Equal([1f], file.Values("a", 1, 1));
        Assert.Empty(SafetensorsFile.Read(new MemoryStream(PlainSafetensors.Build("{}")), Name).Tensors);
    }

    [Fact]
    public void AStreamIsReadFromWhereItStandsAndMayNotEndEarly()
    {
        byte[] bytes = [9, 9, .. Bytes(Small())];
        var stream = new MemoryStream(bytes) { Position = 2 };
        Assert.Equal([1.5f], SafetensorsFile.Read(stream, Name).Values("w", 1));

        var shrinking = new ShrinkingStream(bytes[2..^3], promised: bytes.Length - 2);
        Says($"{Name}: byte {bytes.Length - 5}: the file ended here while it was read, 3 bytes early",
            () => SafetensorsFile.Read(shrinking, Name));
    }

    [Fact]
    public void AMissingTensorShapeOrTextIsNamed()
    {
        var file = SafetensorsFile.Read(new MemoryStream(Bytes(Small())), Name);
        Says($"{Name}: tensor \"v\" of shape [1] is missing.", () => file.Values("v", 1));
        Says($"{Name}: tensor \"w\" of shape [1, 2] expected, found shape [1].", () => file.Values("w", 1, 2));
        Says($"{Name}: metadata \"seed\" is missing.", () => file.Text("seed"));
        Assert.Equal("7", file.Text("step"));
    }

    [Fact]
    public void AFileThatIsNotThereOrAFolderIsNamed()
    {
        using var folder = new TemporaryFolder();
        Says($"{folder.File("no")}: cannot be read: Could not find file", () => SafetensorsFile.Read(folder.File("no")));
        Directory.CreateDirectory(folder.File("sub"));
        Says($"{folder.File("sub")}: is a folder.", () => SafetensorsFile.Read(folder.File("sub")));
    }

    private static SafetensorsFile Small(ChecksumKind kind = ChecksumKind.Sha256) =>
        new([new("w", [1], [1.5f]), new("b2", [2], [0f, -1e-40f])], [new("step", "7")]) { ChecksumKind = kind };

    private static byte[] Bytes(SafetensorsFile file, bool checksum = true)
    {
        var stream = new MemoryStream();
        file.Write(stream, checksum);
        return stream.ToArray();
    }

    private static SafetensorsFile? TryRead(byte[] bytes)
    {
        try
        {
            return SafetensorsFile.Read(new MemoryStream(bytes), Name);
        }
        catch (ModelFileException)
        {
            return null;
        }
    }

    private static void AssertFails(byte[] bytes, string message)
    {
        var error = Assert.Throws<ModelFileException>(() => SafetensorsFile.Read(new MemoryStream(bytes), Name));
        Assert.StartsWith($"{Name}: byte ", error.Message);
        Assert.Contains(message, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static void Says(string start, Func<object> read) =>
        Assert.StartsWith(start, Assert.Throws<ModelFileException>(read).Message);

    /// <summary>A file that is cut short between the question for its length and the reading.</summary>
    private sealed class ShrinkingStream(byte[] bytes, long promised) : MemoryStream(bytes)
    {
        public override long Length => promised;
    }
}
