using FsCheck.Xunit;
using ScratchNet.Training.Images;
using Xunit;

namespace ScratchNet.Tests.Training.Images;

public sealed class ExifOrientationTests
{
    // Where the pixels a b c / d e f of a stored 3x2 picture come to be, by the table of tag 0x0112: "the 0th row is the visual
    // top / right / ... , the 0th column the visual left / top / ...".
    [Theory]
    [InlineData(1, "abc/def")]
    [InlineData(2, "cba/fed")]
    [InlineData(3, "fed/cba")]
    [InlineData(4, "def/abc")]
    [InlineData(5, "ad/be/cf")]
    [InlineData(6, "da/eb/fc")]
    [InlineData(7, "fc/eb/da")]
    [InlineData(8, "cf/be/ad")]
    public void Each_orientation_is_turned_upright(int orientation, string upright)
    {
        var turned = ExifOrientation.Turn(new GreyPicture(3, 2, "abcdef"u8.ToArray()), orientation);
        var lines = turned.Pixels.Select(p => (char)p).Chunk(turned.Width).Select(line => new string(line));
        Assert.Equal(upright, string.Join('/', lines));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_tag_is_read_in_either_byte_order(bool isLittle)
    {
        for (byte orientation = 1; orientation <= 8; orientation++)
        {
            Assert.Equal(orientation, ExifOrientation.Read(Photo(orientation, isLittle)));
        }

        Assert.Equal(1, ExifOrientation.Read(Photo(0, isLittle)));
        Assert.Equal(1, ExifOrientation.Read(Photo(9, isLittle)));
    }

    [Fact]
    public void A_photo_is_read_the_right_way_up()
    {
        var stored = File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "Training", "Images", "seven.jpg"));
        byte[] photo = [.. Photo(6, isLittle: false), .. stored[2..]];
        var upright = ExifOrientation.Turn(PictureFile.Decode(stored, "stored"), 6);
        Assert.Equal(upright.Pixels, PictureFile.Decode(photo, "photo").Pixels);
    }

    [Fact]
    public void A_photo_cut_off_anywhere_is_upright_or_right()
    {
        var photo = Photo(6, isLittle: true);
        Assert.All(Enumerable.Range(0, photo.Length), length =>
            Assert.Contains(ExifOrientation.Read(photo.AsSpan(0, length)), new[] { 1, 6 }));
    }

    [Property(MaxTest = 500)]
    public void Damage_is_never_more_than_a_wrong_orientation(int seed)
    {
        var random = new Random(seed);
        var photo = Photo(6, seed % 2 == 0);
        for (var i = 0; i < 4; i++)
        {
            photo[random.Next(photo.Length)] = (byte)random.Next(256);
        }

        Assert.InRange(ExifOrientation.Read(photo), 1, 8);
    }

    /// <summary>The start of a JPEG file: another segment, then Exif data with two entries.</summary>
    private static byte[] Photo(byte orientation, bool isLittle)
    {
        byte[] Short(byte value) => isLittle ? [value, 0] : [0, value];
        byte[] Long(byte value) => isLittle ? [value, 0, 0, 0] : [0, 0, 0, value];
        byte[] tag = isLittle ? [0x12, 0x01] : [0x01, 0x12];
        byte[] tiff =
        [
            .. isLittle ? "II"u8 : "MM"u8, .. Short(42), .. Long(8),
            .. Short(2),
            .. Short(0x0B), .. Short(2), .. Long(1), .. Long(0),
            .. tag, .. Short(3), .. Long(1), .. Short(orientation), 0, 0,
            .. Long(0),
        ];
        byte[] exif = [.. "Exif\0\0"u8, .. tiff];
        return [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif];
    }
}
