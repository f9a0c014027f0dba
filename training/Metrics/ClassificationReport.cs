namespace ScratchNet.Training.Metrics;

/// <summary>How well one class is recognised. A ratio whose denominator is zero is 0, as in scikit-learn's report.</summary>
/// <param name="Precision">Of the examples predicted to be of the class, the share that is: TP / (TP + FP).</param>
/// <param name="Recall">Of the examples of the class, the share predicted so: TP / (TP + FN).</param>
/// <param name="F1">Harmonic mean of both: 2 TP / (2 TP + FP + FN).</param>
/// <param name="Support">Examples of the class.</param>
public sealed record ClassScores(double Precision, double Recall, double F1, long Support);

/// <summary>
/// What a confusion matrix says in figures: accuracy with its interval, and precision, recall and F1 for each class and on
/// average. Formulas: C. D. Manning, P. Raghavan, H. Schütze, "Introduction to Information Retrieval" (2008), section 8.3.
/// </summary>
public sealed class ClassificationReport
{
    /// <summary>The report of a matrix in which at least one example was counted.</summary>
    /// <exception cref="ArgumentException">Nothing was counted.</exception>
    public ClassificationReport(ConfusionMatrix matrix)
    {
        if (matrix.Total == 0)
        {
            throw new ArgumentException("No example was counted, so there is nothing to report.", nameof(matrix));
        }

        Accuracy = matrix.Accuracy;
        AccuracyInterval = ConfidenceInterval.Wilson(matrix.Correct, matrix.Total);
        Classes = [.. Enumerable.Range(0, matrix.Classes).Select(c => Scores(matrix, c))];
    }

    /// <summary>Share of the examples predicted rightly.</summary>
    public double Accuracy { get; }

    /// <summary>The 95 % interval of the accuracy.</summary>
    public ConfidenceInterval AccuracyInterval { get; }

    /// <summary>One entry a class, in the order of the labels.</summary>
    public IReadOnlyList<ClassScores> Classes { get; }

    /// <summary>Mean precision of the classes, each counting the same.</summary>
    public double MacroPrecision => Classes.Average(c => c.Precision);

    /// <summary>Mean recall of the classes, each counting the same.</summary>
    public double MacroRecall => Classes.Average(c => c.Recall);

    /// <summary>Mean F1 of the classes, each counting the same.</summary>
    public double MacroF1 => Classes.Average(c => c.F1);

    private static ClassScores Scores(ConfusionMatrix matrix, int c)
    {
        var (right, actual, predicted) = (matrix[c, c], matrix.ActualCount(c), matrix.PredictedCount(c));
        return new ClassScores(Ratio(right, predicted), Ratio(right, actual), Ratio(2 * right, actual + predicted), actual);
    }

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
