using FsCheck;
using FsCheck.Xunit;
using ScratchNet.Training.Metrics;
using Xunit;

namespace ScratchNet.Tests.Training.Metrics;

public sealed class MetricsTests
{
    [Fact]
    public void A_matrix_counts_true_classes_in_rows_and_predictions_in_columns()
    {
        var matrix = Example();
        Assert.Equal(2, matrix[0, 1]);
        Assert.Equal(1, matrix[1, 0]);
        Assert.Equal((6, 7), (matrix.ActualCount(0), matrix.PredictedCount(1)));
        Assert.Equal((15, 10), (matrix.Total, matrix.Correct));
    }

    [Fact]
    public void A_report_gives_the_figures_computed_by_hand()
    {
        // Rows: (4 2 0), (1 5 1), (1 0 1); columns sum to 6, 7, 2.
        var report = new ClassificationReport(Example());
        Assert.Equal(10.0 / 15, report.Accuracy, 1e-15);
        Assert.Equal([4.0 / 6, 5.0 / 7, 1.0 / 2], report.Classes.Select(c => c.Precision));
        Assert.Equal([4.0 / 6, 5.0 / 7, 1.0 / 2], report.Classes.Select(c => c.Recall));
        Assert.Equal([8.0 / 12, 10.0 / 14, 2.0 / 4], report.Classes.Select(c => c.F1));
        Assert.Equal([6L, 7L, 2L], report.Classes.Select(c => c.Support));
        Assert.Equal((4.0 / 6 + 5.0 / 7 + 1.0 / 2) / 3, report.MacroF1, 1e-15);
    }

    [Fact]
    public void Precision_recall_and_F1_differ_where_they_should()
    {
        // Class 0: 3 of 4 found, 2 false alarms. Class 1: 4 of 6 found, 1 false alarm. Class 2 never occurs, nor is predicted.
        var matrix = new ConfusionMatrix(3);
        matrix.Add([0, 0, 0, 0, 1, 1, 1, 1, 1, 1], [0, 0, 0, 1, 0, 0, 1, 1, 1, 1]);
        var report = new ClassificationReport(matrix);
        Assert.Equal(
            (0.6, 0.75, 6.0 / 9, 4),
            (report.Classes[0].Precision, report.Classes[0].Recall, report.Classes[0].F1, report.Classes[0].Support));
        Assert.Equal((0.8, 4.0 / 6), (report.Classes[1].Precision, report.Classes[1].Recall));
        Assert.Equal(new ClassScores(0, 0, 0, 0), report.Classes[2]);
        Assert.Equal(1.4 / 3, report.MacroPrecision, 1e-15);
        Assert.Equal((0.75 + 4.0 / 6) / 3, report.MacroRecall, 1e-15);
    }

    [Theory]
    [InlineData(10, 15, 0.417135, 0.848237)]
    [InlineData(9780, 10000, 0.974936, 0.980697)]
    [InlineData(0, 10, 0, 0.277533)]
    [InlineData(10, 10, 0.722467, 1)]
    public void Wilsons_interval_is_that_of_the_formula(long successes, long trials, double low, double high)
    {
        var interval = ConfidenceInterval.Wilson(successes, trials);
        Assert.Equal(low, interval.Low, 1e-6);
        Assert.Equal(high, interval.High, 1e-6);
    }

    [Property]
    public void Wilsons_ends_are_the_shares_whose_own_spread_just_reaches_the_estimate(NonNegativeInt successes, PositiveInt more)
    {
        // The interval is defined by |p - q| = z·sqrt(q(1-q)/n); here it is checked by putting its ends into that equation.
        double n = successes.Get + more.Get;
        var p = successes.Get / n;
        var interval = ConfidenceInterval.Wilson(successes.Get, successes.Get + more.Get);
        foreach (var q in new[] { interval.Low, interval.High })
        {
            Assert.Equal((p - q) * (p - q), 1.959963984540054 * 1.959963984540054 * q * (1 - q) / n, 1e-12);
        }
    }

    [Fact]
    public void Wrong_use_is_refused()
    {
        var matrix = new ConfusionMatrix(2);
        Assert.Throws<ArgumentException>(() => new ClassificationReport(matrix));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add(-1, 0));
        Assert.Throws<ArgumentException>(() => matrix.Add([0], [0, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConfidenceInterval.Wilson(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConfidenceInterval.Wilson(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionMatrix(0));
    }

    private static ConfusionMatrix Example()
    {
        var matrix = new ConfusionMatrix(3);
        matrix.Add([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2], [0, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 2, 0, 2]);
        return matrix;
    }

    [Fact]
    public void Students_quantiles_are_those_of_the_distribution()
    {
        foreach (var freedom in new[] { 1, 2, 3, 4, 5, 9, 10, 29, 30, 101, 1000 })
        {
            var exact = MathNet.Numerics.Distributions.StudentT.InvCDF(0, 1, freedom, 0.975);
            Assert.Equal(exact, ConfidenceInterval.StudentQuantile(freedom), 1e-9 * exact);
        }
    }

    [Fact]
    public void The_interval_of_a_mean_is_students()
    {
        // t is 2.776 for 4 degrees of freedom; the deviation of these is sqrt(2.5).
        var (low, high) = ConfidenceInterval.OfMean([1, 2, 3, 4, 5]);
        Assert.Equal(3 - (2.7764451 * Math.Sqrt(0.5)), low, 1e-6);
        Assert.Equal(3 + (2.7764451 * Math.Sqrt(0.5)), high, 1e-6);
        Assert.Throws<ArgumentException>(() => ConfidenceInterval.OfMean([1]));
    }
}
