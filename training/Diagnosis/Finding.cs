namespace ScratchNet.Training.Diagnosis;

/// <summary>Something that explains why a run goes badly.</summary>
/// <param name="Kind">A short name for programs, such as <c>rate-too-high</c>.</param>
/// <param name="Problem">What is wrong, in words.</param>
/// <param name="Evidence">The figures that show it.</param>
/// <param name="Advice">What to do.</param>
public sealed record Finding(string Kind, string Problem, string Evidence, string Advice);
