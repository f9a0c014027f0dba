namespace ScratchNet.Engine;

/// <summary>Sizes do not fit one another. The message names the layer and both shapes.</summary>
/// <param name="message">One line for a person.</param>
public sealed class ShapeException(string message) : ArgumentException(message);
