namespace ScratchNet.Training;

/// <summary>What early stopping watches on the validation samples.</summary>
public enum StoppingMeasure
{
    /// <summary>The mean loss, which shall fall.</summary>
    Loss,

    /// <summary>The share of right answers, which shall rise.</summary>
    Accuracy,
}

/// <summary>
/// Ends a run when the validation samples have not been done better for some epochs, and gives the model the weights of the best
/// epoch (Prechelt, "Early Stopping - But When?", 1998). Whether a run is over is a function of its history.
/// </summary>
/// <param name="Patience">Epochs without a better result after which the run ends, at least 1.</param>
/// <param name="Measure">What counts as better.</param>
public sealed record EarlyStopping(int Patience, StoppingMeasure Measure = StoppingMeasure.Loss)
{
    /// <summary>In the words of the command line, such as <c>5,on=accuracy</c>.</summary>
    public string Text => FormattableString.Invariant($"{Patience},on={(Measure == StoppingMeasure.Loss ? "loss" : "accuracy")}");

    /// <summary>The best epoch, from 1; the first of several equal ones, 0 when none is done.</summary>
    /// <param name="history">The epochs that are done, each with validation.</param>
    public int BestEpoch(IReadOnlyList<EpochResult> history)
    {
        var best = 0;
        for (var i = 1; i < history.Count; i++)
        {
            best = Worth(history[i]) > Worth(history[best]) ? i : best;
        }

        return history.Count == 0 ? 0 : history[best].Epoch;
    }

    /// <summary>Whether the run is over.</summary>
    /// <param name="history">The epochs that are done, each with validation.</param>
    public bool IsOver(IReadOnlyList<EpochResult> history) =>
        history.Count > 0 && history[^1].Epoch - BestEpoch(history) >= Patience;

    private double Worth(EpochResult epoch) =>
        Measure == StoppingMeasure.Loss ? -epoch.ValidationLoss!.Value : epoch.ValidationAccuracy!.Value;
}
