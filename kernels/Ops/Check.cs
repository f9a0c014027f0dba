using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>The checks that the specs share. Messages name the operation, the argument and both sizes.</summary>
internal static class Check
{
    public static void Positive(string operation, int value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value <= 0)
        {
            NotPositive(operation, value, name);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Holds<T>(string operation, BufferView<T> view, long needed,
        [CallerArgumentExpression(nameof(view))] string name = "")
        where T : unmanaged
    {
        if (view.IsEmpty || view.Length < needed)
        {
            DoesNotHold(operation, view.IsEmpty ? null : view.Length, needed, name);
        }
    }

    public static void InUnit(string operation, float value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value is not (>= 0f and < 1f))
        {
            throw new ArgumentException($"{operation}: {name} is {value}; it must be at least 0 and below 1.");
        }
    }

    public static void InRange(string operation, float value, float lowest, float highest,
        [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value >= lowest && value <= highest))
        {
            throw new ArgumentException($"{operation}: {name} is {value}; it must be {lowest} to {highest}.");
        }
    }

    // Methods of their own, so that the checks are small enough to be inlined: a small product is as short as they were.
    [DoesNotReturn]
    private static void NotPositive(string operation, int value, string name) =>
        throw new ArgumentException($"{operation}: {name} is {value}; it must be at least 1.");

    [DoesNotReturn]
    private static void DoesNotHold(string operation, int? length, long needed, string name) =>
        throw new ArgumentException(length is null
            ? $"{operation}: {name} is missing; it needs {needed} elements."
            : $"{operation}: {name} has {length} elements but needs {needed}.");
}
