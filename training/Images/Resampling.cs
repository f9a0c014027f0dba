namespace ScratchNet.Training.Images;

/// <summary>Scales pictures: by area averaging where they shrink, bilinearly where they grow.</summary>
internal static class Resampling
{
    /// <summary>Scales a (height x width) picture to (newHeight x newWidth).</summary>
    public static float[] Scale(float[] pixels, int width, int height, int newWidth, int newHeight)
    {
        var rows = ScaleRowsTransposed(pixels, width, height, newWidth);
        return ScaleRowsTransposed(rows, height, newWidth, newHeight);
    }

    /// <summary>Scales every row of a (height x width) picture and gives it as (newWidth x height), ready for the other
    /// direction.</summary>
    private static float[] ScaleRowsTransposed(float[] pixels, int width, int height, int newWidth)
    {
        var result = new float[newWidth * height];
        for (var x = 0; x < newWidth; x++)
        {
            var (first, weights) = WeightsOf(x, width, newWidth);
            for (var y = 0; y < height; y++)
            {
                var sum = 0f;
                for (var i = 0; i < weights.Length; i++)
                {
                    sum += weights[i] * pixels[y * width + first + i];
                }

                result[x * height + y] = sum;
            }
        }

        return result;
    }

    /// <summary>Which pixels of a line make up one pixel of the scaled line, from which on, and how much each counts.</summary>
    private static (int First, float[] Weights) WeightsOf(int x, int width, int newWidth)
    {
        var step = (double)width / newWidth;
        if (step <= 1)
        {
            var center = Math.Clamp((x + 0.5) * step - 0.5, 0, width - 1);
            var left = Math.Min((int)center, Math.Max(0, width - 2));
            var right = (float)(center - left);
            return width == 1 ? (0, [1]) : (left, [1 - right, right]);
        }

        var (start, end) = (x * step, (x + 1) * step);
        var first = (int)start;
        var last = Math.Min(width, (int)Math.Ceiling(end)) - 1;
        var weights = new float[last - first + 1];
        for (var i = first; i <= last; i++)
        {
            weights[i - first] = (float)((Math.Min(end, i + 1) - Math.Max(start, i)) / step);
        }

        return (first, weights);
    }
}
