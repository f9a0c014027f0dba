using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>The checks that the specs share. Messages name the operation, the argument and both sizes.</summary>
internal static class Check
{
    public static void Positive(string operation, int value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value <= 0)
        {
            throw new ArgumentException($"{operation}: {name} is {value}; it must be at least 1.");
        }
    }

    public static void Holds<T>(string operation, BufferView<T> view, long needed,
        [CallerArgumentExpression(nameof(view))] string name = "")
        where T : unmanaged
    {
        if (view.IsEmpty)
        {
            throw new ArgumentException($"{operation}: {name} is missing; it needs {needed} elements.");
        }

        if (view.Length < needed)
        {
            throw new ArgumentException($"{operation}: {name} has {view.Length} elements but needs {needed}.");
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
}
