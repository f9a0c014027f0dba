namespace ScratchNet.Training.Data;

/// <summary>A data set's training part and the test part that is held back from it.</summary>
/// <param name="Train">What networks learn from; validation parts are split off this one.</param>
/// <param name="Test">What the finished network is measured on, once.</param>
public sealed record DatasetPair(Dataset Train, Dataset Test);
