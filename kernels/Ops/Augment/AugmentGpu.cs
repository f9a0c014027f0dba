using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>
/// Augmentation as <see cref="AugmentReference"/> defines it, one thread a pixel, in three launches: noise, the Gaussian along
/// rows, and
/// the Gaussian along columns together with the sampling; without an elastic field the last one alone.
/// </summary>
internal static class AugmentGpu
{
    internal delegate void SmoothLauncher(AcceleratorStream stream, KernelConfig config, ArrayView<float> fields, Sizes sizes);

    internal delegate void SampleLauncher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> x, ArrayView<int> indices, ArrayView<float> y, ArrayView<float> fields, Sizes sizes);

    internal delegate void NoiseLauncher(AcceleratorStream stream, KernelConfig config,
        ArrayView<int> indices, ArrayView<float> fields, Sizes sizes);

    internal static readonly GpuKernel<NoiseLauncher> Noise = new(NoiseBody);
    internal static readonly GpuKernel<SmoothLauncher> SmoothRows = new(SmoothRowsBody);
    internal static readonly GpuKernel<SampleLauncher> Sample = new(SampleBody);

    /// <summary>What all three kernels know of the call. Radius is 0 when there is no elastic field.</summary>
    internal readonly record struct Sizes(
        int Batch, int Height, int Width, int Radius, float Background, Distortion Distortion, ulong Seed, uint Epoch)
    {
        public int Pixels => Height * Width;

        public int All => Batch * Pixels;

        // The intermediate values stand one after another in the backend's scratch memory: the weights, then four fields.
        public int NoiseColumn => Radius + 1;

        public int NoiseRow => NoiseColumn + All;

        public int SmoothColumn => NoiseRow + All;

        public int SmoothRow => SmoothColumn + All;
    }

    public static void Run(GpuBackend backend, in AugmentCall call)
    {
        var radius = call.Distortion.IsElastic ? AugmentSpec.Radius(call.Distortion.ElasticSigma) : 0;
        var sizes = new Sizes(
            call.Batch, call.Height, call.Width, radius, call.Background, call.Distortion, call.Seed, call.Epoch);
        var config = backend.ForEach(sizes.All);
        var indices = backend.Memory(call.Indices);
        var fields = backend.Scratch(radius > 0 ? checked(sizes.NoiseColumn + (4 * sizes.All)) : 1);
        if (radius > 0)
        {
            backend.Launcher(Noise)(backend.Stream, config, indices, fields, sizes);
            backend.Launcher(SmoothRows)(backend.Stream, config, fields, sizes);
        }

        backend.Launcher(Sample)(backend.Stream, backend.Groups(call.Batch, backend.GroupSize),
            backend.Memory(call.X), indices, backend.Memory(call.Y), fields, sizes);
    }

    private static void NoiseBody(ArrayView<int> indices, ArrayView<float> fields, Sizes sizes)
    {
        var weights = Share.Of(sizes.Radius + 1);
        for (var distance = weights.First; distance < weights.End; distance += Group.DimX)
        {
            fields[distance] = Weight(distance, sizes);
        }

        var quads = (sizes.Pixels + 3) / 4;
        var share = Share.Of(sizes.Batch * quads);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            var (image, quad) = (i / quads, i % quads);
            var index = ((ulong)indices[image] * (ulong)quads) + (ulong)quad;
            var words = Philox.At(sizes.Seed, RandomPurpose.Augmentation, 1, sizes.Epoch, index);
            Store(fields, sizes, image, 4 * quad, words.X);
            Store(fields, sizes, image, (4 * quad) + 1, words.Y);
            Store(fields, sizes, image, (4 * quad) + 2, words.Z);
            Store(fields, sizes, image, (4 * quad) + 3, words.W);
        }
    }

    /// <summary>The Gaussian's weight at a distance: all of them, on both sides, add up to 1.</summary>
    private static float Weight(int distance, Sizes sizes)
    {
        var scale = -0.5f / (sizes.Distortion.ElasticSigma * sizes.Distortion.ElasticSigma);
        var sum = 1f;
        for (var i = 1; i <= sizes.Radius; i++)
        {
            sum += 2f * GpuMath.Exp(scale * (i * i));
        }

        return GpuMath.Exp(scale * (distance * distance)) / sum;
    }

    private static void Store(ArrayView<float> fields, Sizes sizes, int image, int pixel, uint word)
    {
        if (pixel < sizes.Pixels)
        {
            var place = (image * sizes.Pixels) + pixel;
            fields[sizes.NoiseColumn + place] = AugmentReference.ToSymmetric(word >> 16);
            fields[sizes.NoiseRow + place] = AugmentReference.ToSymmetric(word & 0xFFFF);
        }
    }

    private static void SmoothRowsBody(ArrayView<float> fields, Sizes sizes)
    {
        var share = Share.Of(sizes.All);
        for (var place = share.First; place < share.End; place += Group.DimX)
        {
            var column = place % sizes.Width;
            fields[sizes.SmoothColumn + place] = Average(fields, sizes.NoiseColumn + place, 1, column, sizes.Width, sizes.Radius);
            fields[sizes.SmoothRow + place] = Average(fields, sizes.NoiseRow + place, 1, column, sizes.Width, sizes.Radius);
        }
    }

    /// <summary>The Gaussian average about one place of a line of values that are stride apart; beyond its ends all is
    /// 0.</summary>
    private static float Average(ArrayView<float> fields, int place, int stride, int position, int count, int radius)
    {
        var first = position < radius ? -position : -radius;
        var last = position + radius < count ? radius : count - 1 - position;
        var sum = 0f;
        for (var i = first; i <= last; i++)
        {
            sum += fields[i < 0 ? -i : i] * fields[place + (i * stride)];
        }

        return sum;
    }

    private static void SampleBody(
        ArrayView<float> x, ArrayView<int> indices, ArrayView<float> y, ArrayView<float> fields, Sizes sizes)
    {
        // One group an image, so that a thread draws the affine map once for all of its pixels.
        for (var image = Grid.IdxX; image < sizes.Batch; image += Grid.DimX)
        {
            var map = AffineMap.Draw(sizes.Distortion, sizes.Seed, sizes.Epoch, indices[image]);
            for (var pixel = Group.IdxX; pixel < sizes.Pixels; pixel += Group.DimX)
            {
                y[(image * sizes.Pixels) + pixel] = SamplePixel(x, fields, sizes, map, image * sizes.Pixels, pixel);
            }
        }
    }

    private static float SamplePixel(
        ArrayView<float> x, ArrayView<float> fields, Sizes sizes, AffineMap map, int image, int pixel)
    {
        var (centreRow, centreColumn) = (0.5f * (sizes.Height - 1), 0.5f * (sizes.Width - 1));
        var (i, j) = (pixel / sizes.Width, pixel % sizes.Width);
        var (u, v) = (j - centreColumn, i - centreRow);
        var column = (map.A * u) + (map.B * v) + (centreColumn + map.ShiftColumn);
        var row = (map.C * u) + (map.D * v) + (centreRow + map.ShiftRow);
        if (sizes.Radius > 0)
        {
            var (alpha, place) = (sizes.Distortion.ElasticAlpha, image + pixel);
            column += alpha * Average(fields, sizes.SmoothColumn + place, sizes.Width, i, sizes.Height, sizes.Radius);
            row += alpha * Average(fields, sizes.SmoothRow + place, sizes.Width, i, sizes.Height, sizes.Radius);
        }

        return Bilinear(x, image, row, column, sizes);
    }

    private static float Bilinear(ArrayView<float> x, int image, float row, float column, Sizes sizes)
    {
        // One pixel outside, all is background already; clamping there keeps any position within an int.
        row = row < -1f ? -1f : row > sizes.Height ? sizes.Height : row;
        column = column < -1f ? -1f : column > sizes.Width ? sizes.Width : column;
        var (top, left) = (MathF.Floor(row), MathF.Floor(column));
        var (down, right) = (row - top, column - left);
        var (i, j) = ((int)top, (int)left);
        var above = Mix(Pixel(x, image, i, j, sizes), Pixel(x, image, i, j + 1, sizes), right);
        var below = Mix(Pixel(x, image, i + 1, j, sizes), Pixel(x, image, i + 1, j + 1, sizes), right);
        return Mix(above, below, down);
    }

    private static float Mix(float from, float to, float share) => from + (share * (to - from));

    private static float Pixel(ArrayView<float> x, int image, int i, int j, Sizes sizes) =>
        i >= 0 && i < sizes.Height && j >= 0 && j < sizes.Width ? x[image + (i * sizes.Width) + j] : sizes.Background;
}
