using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using ScratchNet.Engine;
using ScratchNet.Engine.Files;
using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Engine.Files;

public sealed class SafetensorsWriteTests
{
    private static readonly uint[] SpecialBits =
        [0, 0x80000000, 1, 0x80000001, 0x007FFFFF, 0x00800000, 0x3F800000, 0x7F7FFFFF, 0xFF7FFFFF, 0x33333333];

    [Property(Replay = "(20,3)", MaxTest = 200, Arbitrary = [typeof(Generators)])]
    public void ComesBackBitForBitHereAndThroughAnotherReader(SafetensorsFile file, bool checksum)
    {
        var bytes = Bytes(file, checksum);
        AssertSame(file, SafetensorsFile.Read(new MemoryStream(bytes), "test"));

        var (metadata, tensors) = PlainSafetensors.Parse(bytes);
        Assert.Equal(checksum, metadata.Remove("header_sha256") & metadata.Remove("data_sha256"));
        Assert.Equal(file.Metadata.ToHashSet(), metadata.ToHashSet());
        Assert.Equal(file.Tensors.Keys, tensors.Select(tensor => tensor.Name));
        foreach (var tensor in tensors)
        {
            Assert.Equal(file.Tensors[tensor.Name].Shape, tensor.Shape);
            Assert.Equal(Bits(file.Tensors[tensor.Name]), tensor.Bits);
        }
    }

    [Property(Replay = "(20,3)", Arbitrary = [typeof(Generators)])]
    public void TheSameContentGivesTheSameBytesWithTheDataAligned(SafetensorsFile file, bool checksum)
    {
        var bytes = Bytes(file, checksum);
        Assert.Equal(bytes, Bytes(new SafetensorsFile(file.Tensors.Values, file.Metadata), checksum));
        Assert.Equal(bytes, Bytes(SafetensorsFile.Read(new MemoryStream(bytes), "test"), checksum));
        Assert.Equal(0ul, BitConverter.ToUInt64(bytes) % 8);
    }

    [Fact]
    public void TheBytesAreThoseWrittenByHand()
    {
        var file = new SafetensorsFile(
            [new("w", [2, 1], [1f, -2f]), new("b\"é", [], [0.5f]), new("none", [0, 3], [])],
            [new("format", "pt"), new("a", "b+<c>")]);
        const string Header =
            "{\"__metadata__\":{\"format\":\"pt\",\"a\":\"b+<c>\"}," +
            "\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]}," +
            "\"b\\\"é\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]}," +
            "\"none\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[12,12]}}";
        var length = Encoding.UTF8.GetByteCount(Header);
        var padded = Header + new string(' ', (8 - (length % 8)) % 8);
        byte[] data = [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F];
        Assert.Equal(PlainSafetensors.Build(padded, data), Bytes(file, checksum: false));
    }

    // The checksums of the bytes 00 00 80 3F, by the commands sha256sum and xxh128sum.
    [Theory]
    [InlineData(ChecksumKind.Sha256, "sha256", "e00e5eb9444182f352323374ef4e08ebcb784725fdd4fd612d7730540b3e0c8c")]
    [InlineData(ChecksumKind.XxHash128, "xxh128", "e6f9acca6893caeb591ef4e963e120d4")]
    public void TheChecksumsAreThoseOfTheirSections(ChecksumKind kind, string name, string digits)
    {
        var file = new SafetensorsFile([new("w", [1], [1f])], [new("step", "7")]) { ChecksumKind = kind };
        var bytes = Bytes(file, checksum: true);
        AssertSame(file, SafetensorsFile.Read(new MemoryStream(bytes), "it"));

        var header = Encoding.UTF8.GetString(bytes, 8, BitConverter.ToInt32(bytes));
        var prefix = $"{{\"__metadata__\":{{\"header_{name}\":\"";
        Assert.StartsWith(prefix, header);
        var rest = header[(prefix.Length + digits.Length + 1)..];
        Assert.StartsWith($",\"data_{name}\":\"{digits}\",\"step\":\"7\"}},\"w\":", rest);
        var restBytes = Encoding.UTF8.GetBytes(rest);
        var ofRest = kind == ChecksumKind.Sha256 ? SHA256.HashData(restBytes) : XxHash128.Hash(restBytes);
        Assert.Equal(Convert.ToHexStringLower(ofRest), header.Substring(prefix.Length, digits.Length));
    }

    [Fact]
    public void AFileOnDiskComesBack()
    {
        using var folder = new TemporaryFolder();
        var file = new SafetensorsFile([new("w", [2], [1f, -0f])], [new("step", "7")]);
        file.Write(folder.File("model.safetensors"));
        AssertSame(file, SafetensorsFile.Read(folder.File("model.safetensors")));
        Assert.Equal(["model.safetensors"], folder.Names());
    }

    [Fact]
    public void RefusesWhatTheFormatCannotHold()
    {
        StoredTensor one = new("w", [1], [1f]);
        Refused("\"w\" is reserved or comes twice", [one, one]);
        Refused("\"__metadata__\" is reserved", [new("__metadata__", [1], [1f])]);
        Refused("\"w\" has shape [2, 3] but 5 values", [new("w", [2, 3], new float[5])]);
        Refused("\"w\" has shape [-1, -1] but 1 values", [new("w", [-1, -1], [1f])]);
        Refused("[2147483647, 2147483647, 2147483647]", [new("w", [int.MaxValue, int.MaxValue, int.MaxValue], [1f])]);
        Refused("half a surrogate pair", [new("w\ud800", [1], [1f])]);
        Refused("half a surrogate pair", [one], Pair("key", "\udc00"));
        Refused("\"data_sha256\" is reserved", [one], Pair("data_sha256", ""));
        Refused("\"data_xxh128\" is reserved", [one], Pair("data_xxh128", ""));
        Refused("\"header_xxh128\" is reserved", [one], Pair("header_xxh128", ""));
        Refused("\"key\" is reserved or comes twice", [one], Pair("key", "1"), Pair("key", "2"));
    }

    [Fact]
    public void RefusesATensorThatCouldNotBeReadAgain()
    {
        foreach (int[] shape in new int[][] { [StoredTensor.MostValues + 1], [int.MaxValue, int.MaxValue, int.MaxValue], [-1] })
        {
            var tensor = new TensorSource("w", shape, _ => Assert.Fail("it is written"));
            Assert.Contains($"\"w\" of shape {StoredTensor.Format(shape)} is not possible",
                Assert.Throws<ArgumentException>(() => new SafetensorsWriter([tensor], [], ChecksumKind.Sha256)).Message);
        }
    }

    [Fact]
    public void ANetworkIsNotSavedWithATextUnderAKeyOfItsOwn()
    {
        using var folder = new TemporaryFolder();
        using var backend = new CpuBackend(1);
        using var network = new Network(backend, 2, [new Dense(2)], new SoftmaxCrossEntropy());
        var error = Assert.Throws<ArgumentException>(
            () => NetworkFile.Save(network, folder.File("model"), [Pair("seed", "x")]));
        Assert.Contains("\"seed\" is reserved or comes twice", error.Message);
        Assert.Empty(folder.Names());
    }

    private static void Refused(string message, StoredTensor[] tensors, params KeyValuePair<string, string>[] metadata) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new SafetensorsFile(tensors, metadata)).Message);

    private static KeyValuePair<string, string> Pair(string key, string value) => new(key, value);

    private static byte[] Bytes(SafetensorsFile file, bool checksum)
    {
        var stream = new MemoryStream();
        file.Write(stream, checksum);
        return stream.ToArray();
    }

    private static uint[] Bits(StoredTensor tensor) => Array.ConvertAll(tensor.Values, BitConverter.SingleToUInt32Bits);

    private static void AssertSame(SafetensorsFile expected, SafetensorsFile actual)
    {
        Assert.Equal(expected.Metadata.ToArray(), actual.Metadata.ToArray());
        Assert.Equal(expected.Tensors.Keys, actual.Tensors.Keys);
        foreach (var (name, tensor) in expected.Tensors)
        {
            Assert.Equal(name, actual.Tensors[name].Name);
            Assert.Equal(tensor.Shape, actual.Tensors[name].Shape);
            Assert.Equal(Bits(tensor), Bits(actual.Tensors[name]));
        }
    }

    /// <summary>Files with names of every kind of character, shapes of 0 to 3 dimensions, finite values of every kind.</summary>
    public static class Generators
    {
        private static readonly Gen<string> Text =
            Gen.Elements(
                "a", "B", "9", ".", " ", "\"", "\\", "\n", "\0", "\u007f", "/", "<", "+", "é", "漢", "😀", "\u2028", "\ufeff")
            .ArrayOf().Select(string.Concat);

        private static readonly Gen<float> Value = Gen.OneOf(
            Gen.Elements(SpecialBits), Gen.Choose(int.MinValue, int.MaxValue).Select(bits => (uint)bits))
            .Select(BitConverter.UInt32BitsToSingle).Where(float.IsFinite);

        public static Arbitrary<SafetensorsFile> File() => Arb.From(
            from names in Text.Where(name => name != "__metadata__").ArrayOf()
            from tensors in Gen.CollectToArray(names.Distinct().Take(6), Tensor)
            from keys in Text.ArrayOf()
            from values in Text.ArrayOf(keys.Length)
            select new SafetensorsFile(tensors, keys.Zip(values, KeyValuePair.Create).DistinctBy(pair => pair.Key)));

        private static Gen<StoredTensor> Tensor(string name) =>
            from rank in Gen.Choose(0, 3)
            from shape in Gen.Choose(0, 5).ArrayOf(rank)
            from values in Value.ArrayOf(shape.Aggregate(1, (product, size) => product * size))
            select new StoredTensor(name, shape, values);
    }
}
