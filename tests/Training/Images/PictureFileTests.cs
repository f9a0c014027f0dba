using System.Buffers.Binary;
using FsCheck;
using FsCheck.Xunit;
using ScratchNet.Training.Data;
using ScratchNet.Training.Images;
using Xunit;

namespace ScratchNet.Tests.Training.Images;

public sealed class PictureFileTests
{
    // The JPEG is bundled test digit 27, enlarged eight times, black on yellowish white, written by another program's encoder
    // (libjpeg's cjpeg, quality 80).
    [Fact]
    public void A_JPEG_photo_of_a_digit_becomes_that_digit()
    {
        var digits = BundledDigits.Load().Test;
        var picture = PictureFile.Read(Path.Combine(Repository.Root, "tests", "Training", "Images", "seven.jpg"));
        Assert.Equal((224, 224), (picture.Width, picture.Height));
        var prepared = DigitPreprocessor.Prepare(picture, "seven.jpg");
        Assert.Equal(Polarity.DarkOnLight, prepared.Polarity);
        var original = digits.Image(27).ToArray();
        var error = prepared.Pixels.ToArray().Zip(original, (a, b) => Math.Abs(a - b)).Average();

        // Grey levels; the compression leaves about 2, a digit that is off by one pixel about 15.
        Assert.InRange(error, 0, 5);
    }

    // The PNG is the program's own resource, the BMPs are made here.
    [Fact]
    public void A_PNG_is_decoded()
    {
        using var stream = typeof(Dataset).Assembly.GetManifestResourceStream("digits.png")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var picture = PictureFile.Decode(bytes, "digits.png");
        Assert.Equal((2000, 1000), (picture.Width, picture.Height));
        Assert.Equal((0, 255), (picture.Pixels.Min(), picture.Pixels.Max()));
    }

    [Fact]
    public void Colours_become_luma_and_transparency_white()
    {
        var bitmap = Bitmap(4, 1, [0, 0, 255, 255, 0, 255, 0, 255, 255, 0, 0, 255, 0, 0, 0, 0]);
        Assert.Equal([76, 150, 29, 255], PictureFile.Decode(bitmap, "x.bmp").Pixels);
    }

    [Fact]
    public void Files_are_read_and_missing_ones_named()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.bmp", Bitmap(1, 1, [9, 9, 9, 255]));
        Assert.Equal([9], PictureFile.Read(path).Pixels);
        Assert.Contains("no such file", Assert.Throws<DataException>(() => PictureFile.Read(folder["y.png"])).Message);
        Assert.Contains("is a folder", Assert.Throws<DataException>(() => PictureFile.Read(folder.Path)).Message);
    }

    [Fact]
    public void A_huge_picture_is_refused_by_its_header()
    {
        var bitmap = Bitmap(1, 1, [9, 9, 9, 255]);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(18), 60000);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(22), 60000);
        Assert.Contains("60000x60000", Assert.Throws<DataException>(() => PictureFile.Decode(bitmap, "x.bmp")).Message);
    }

    [Fact]
    public void A_picture_whose_header_is_cut_off_is_not_taken_for_another_format()
    {
        var jpeg = File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "Training", "Images", "seven.jpg"));
        byte[][] starts = [[0x89, .. "PNG\r\n\x1A\n\0\0"u8], jpeg[..20], Bitmap(1, 1, [9, 9, 9, 255])[..10]];
        Assert.All(starts, start => Assert.Contains(
            "header is cut off or damaged", Assert.Throws<DataException>(() => PictureFile.Decode(start, "x")).Message));
        Assert.Contains(
            "something else", Assert.Throws<DataException>(() => PictureFile.Decode([.. "a picture"u8], "x")).Message);
    }

    [Property(MaxTest = 200)]
    public void Arbitrary_bytes_are_a_DataException(byte[] bytes) =>
        Assert.Throws<DataException>(() => PictureFile.Decode(bytes, "noise"));

    /// <summary>A BMP of 32 bits a pixel, blue, green, red, alpha.</summary>
    private static byte[] Bitmap(int width, int height, byte[] pixels)
    {
        const int Header = 14 + 108;
        var bytes = new byte[Header + pixels.Length];
        "BM"u8.CopyTo(bytes);
        int[] fields = [bytes.Length, 0, Header, 108, width, height, 1 | 32 << 16, 3, pixels.Length, 0, 0, 0, 0,
            0xFF0000, 0xFF00, 0xFF, unchecked((int)0xFF000000)];
        for (var i = 0; i < fields.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2 + 4 * i), fields[i]);
        }

        pixels.CopyTo(bytes, Header);
        return bytes;
    }
}
