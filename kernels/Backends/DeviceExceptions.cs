namespace ScratchNet.Kernels;

/// <summary>A device was asked for that is not there or cannot be used. The message says why and what there is instead.</summary>
/// <param name="message">One line for a person.</param>
/// <param name="inner">What the driver said, if it did.</param>
public class DeviceException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A device has less memory left than was asked for.</summary>
/// <param name="message">One line for a person: how much was asked for, of which device.</param>
/// <param name="inner">What the driver said, if it did.</param>
public sealed class DeviceMemoryException(string message, Exception? inner = null) : DeviceException(message, inner);
