namespace ScratchNet.Training.Images;

/// <summary>
/// Estimates what a picture would be without its ink: paper under uneven light, as a quadratic surface
/// c₀ + c₁x + c₂y + c₃x² + c₄xy + c₅y² (x and y from -1 to 1). It is fitted by least squares to the border first, where there
/// is mostly paper, then to all pixels, each time leaving out those too far from the fit before: the ink.
/// </summary>
internal static class BackgroundFit
{
    private const int Terms = 6;
    private const int Rounds = 4;
    private const int SamplesPerSide = 64;

    // Grey levels: differences below are compression and rounding, never ink.
    private const double LeastLimit = 8;

    // 2.5 standard deviations; the median of the absolute residuals is 1 / 1.4826 of one.
    private const double LimitPerMedian = 2.5 * 1.4826;
    private const double LimitPerContrast = 0.25;

    /// <summary>The picture less its background, and the standard deviation of what is left of the background itself.</summary>
    public static (float[] Difference, double Noise) Remove(GreyPicture picture)
    {
        var all = SamplePlaces(picture);
        var ring = Math.Max(1, Math.Min(picture.Width, picture.Height) / 16);
        var border = all.Where(i => Math.Min(i % picture.Width, i / picture.Width) < ring
            || i % picture.Width >= picture.Width - ring || i / picture.Width >= picture.Height - ring).ToArray();

        // Background that strays further than a share of the whole contrast would be ink.
        var most = LimitPerContrast * (picture.Pixels.Max() - picture.Pixels.Min());
        double[] surface = [Median(border.Select(i => (double)picture.Pixels[i])), 0, 0, 0, 0, 0];
        var noise = 0.0;
        for (var round = 0; round < 2 * Rounds; round++)
        {
            var places = round < Rounds ? border : all;
            var residuals = Array.ConvertAll(places, i => Math.Abs(picture.Pixels[i] - SurfaceAt(surface, picture, i)));
            var limit = Math.Max(LeastLimit, Math.Min(most, LimitPerMedian * Median(residuals)));
            var paper = places.Where((_, n) => residuals[n] <= limit).ToArray();
            if (paper.Length < Terms)
            {
                break;
            }

            surface = Fit(picture, paper);
            noise = Math.Sqrt(paper.Average(i => Math.Pow(picture.Pixels[i] - SurfaceAt(surface, picture, i), 2)));
        }

        var difference = new float[picture.Pixels.Length];
        for (var i = 0; i < difference.Length; i++)
        {
            difference[i] = (float)(picture.Pixels[i] - SurfaceAt(surface, picture, i));
        }

        return (difference, noise);
    }

    /// <summary>A grid of pixels, the outermost included, of a few thousand at most: six unknowns need no more.</summary>
    private static int[] SamplePlaces(GreyPicture picture)
    {
        var columns = Math.Min(picture.Width, SamplesPerSide);
        var rows = Math.Min(picture.Height, SamplesPerSide);
        var places = new int[rows * columns];
        for (var n = 0; n < places.Length; n++)
        {
            var x = n % columns * (picture.Width - 1) / Math.Max(1, columns - 1);
            var y = n / columns * (picture.Height - 1) / Math.Max(1, rows - 1);
            places[n] = y * picture.Width + x;
        }

        return places;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted[sorted.Length / 2];
    }

    private static double SurfaceAt(double[] surface, GreyPicture picture, int i)
    {
        Span<double> terms = stackalloc double[Terms];
        TermsAt(picture, i, terms);
        var sum = 0.0;
        for (var t = 0; t < Terms; t++)
        {
            sum += surface[t] * terms[t];
        }

        return sum;
    }

    private static void TermsAt(GreyPicture picture, int i, Span<double> terms)
    {
        var x = 2 * (i % picture.Width + 0.5) / picture.Width - 1;
        var y = 2 * (i / picture.Width + 0.5) / picture.Height - 1;
        (terms[0], terms[1], terms[2], terms[3], terms[4], terms[5]) = (1, x, y, x * x, x * y, y * y);
    }

    /// <summary>Least squares through the normal equations AᵀA c = Aᵀp.</summary>
    private static double[] Fit(GreyPicture picture, int[] places)
    {
        var equations = new double[Terms, Terms + 1];
        Span<double> terms = stackalloc double[Terms];
        foreach (var i in places)
        {
            TermsAt(picture, i, terms);
            for (var row = 0; row < Terms; row++)
            {
                for (var column = 0; column < Terms; column++)
                {
                    equations[row, column] += terms[row] * terms[column];
                }

                equations[row, Terms] += terms[row] * picture.Pixels[i];
            }
        }

        // A trace on the diagonal keeps a picture of one or two rows or columns, whose terms coincide, solvable.
        for (var row = 0; row < Terms; row++)
        {
            equations[row, row] += 1e-9 * places.Length;
        }

        return Solve(equations);
    }

    /// <summary>Gaussian elimination; the matrix is positive definite, so no pivoting is needed.</summary>
    private static double[] Solve(double[,] equations)
    {
        for (var pivot = 0; pivot < Terms; pivot++)
        {
            for (var row = 0; row < Terms; row++)
            {
                var factor = row == pivot ? 0 : equations[row, pivot] / equations[pivot, pivot];
                for (var column = pivot; column <= Terms; column++)
                {
                    equations[row, column] -= factor * equations[pivot, column];
                }
            }
        }

        return [.. Enumerable.Range(0, Terms).Select(row => equations[row, Terms] / equations[row, row])];
    }
}
