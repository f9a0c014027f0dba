using ScratchNet.Training.Data;

namespace ScratchNet.Training;

/// <summary>Class weights that make up for classes of different sizes.</summary>
public static class ClassBalance
{
    /// <summary>
    /// Weights with which every class counts the same in the loss: <c>n/(k·n[c])</c> for n samples, n[c] of them in class c, and
    /// k classes that have any (King and Zeng, "Logistic Regression in Rare Events Data", Political Analysis 9, 2001, section
    /// 4.2). They average 1 over the data. A class without samples gets 0.
    /// </summary>
    /// <param name="dataset">The training samples.</param>
    public static float[] Weights(Dataset dataset)
    {
        var counts = dataset.ClassCounts();
        var classes = counts.Count(count => count > 0);
        return [.. counts.Select(count => count == 0 ? 0f : (float)(dataset.Count / ((double)classes * count)))];
    }
}
