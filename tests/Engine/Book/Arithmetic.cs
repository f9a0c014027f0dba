using System.Globalization;
using System.Text.RegularExpressions;

namespace ScratchNet.Tests.Engine.Book;

/// <summary>
/// Works out what is written as a person would write it: <c>0.8·0.5 - e^-2 / (1 + √3)</c>, <c>tanh 0.5</c>, <c>-ln 0.2</c>.
/// </summary>
internal sealed partial class Arithmetic
{
    private readonly string[] _tokens;
    private int _next;

    private Arithmetic(string text) => _tokens = [.. Token().Matches(text).Select(match => match.Value)];

    public static double Evaluate(string text)
    {
        var arithmetic = new Arithmetic(text);
        var value = arithmetic.Sum();
        return arithmetic._next == arithmetic._tokens.Length
            ? value
            : throw new FormatException($"'{text}' cannot be worked out beyond '{arithmetic._tokens[arithmetic._next]}'");
    }

    private double Sum()
    {
        var value = Product();
        while (true)
        {
            if (Take("+"))
            {
                value += Product();
            }
            else if (Take("-"))
            {
                value -= Product();
            }
            else
            {
                return value;
            }
        }
    }

    private double Product()
    {
        var value = Signed();
        while (true)
        {
            if (Take("·"))
            {
                value *= Signed();
            }
            else if (Take("/"))
            {
                value /= Signed();
            }
            else
            {
                return value;
            }
        }
    }

    private double Signed() => Take("-") ? -Signed()
        : Take("tanh") ? Math.Tanh(Signed())
        : Take("ln") ? Math.Log(Signed())
        : Take("√") ? Math.Sqrt(Signed())
        : Take("e^") ? Math.Exp(Signed())
        : Power();

    private double Power()
    {
        var value = Atom();
        return Take("^") ? Math.Pow(value, Signed()) : value;
    }

    private double Atom()
    {
        if (!Take("("))
        {
            return double.Parse(_tokens[_next++], CultureInfo.InvariantCulture);
        }

        var value = Sum();
        return Take(")") ? value : throw new FormatException("a bracket is not closed");
    }

    private bool Take(string token)
    {
        var isNext = _next < _tokens.Length && _tokens[_next] == token;
        _next += isNext ? 1 : 0;
        return isNext;
    }

    [GeneratedRegex(@"\d+(\.\d+)?|tanh|ln|e\^|\S")]
    private static partial Regex Token();
}
