using System.CommandLine;
using System.CommandLine.Parsing;

namespace ScratchNet.Cli.Parsing;

/// <summary>Turns a command line that does not parse into one line that says what to type instead.</summary>
internal static class UsageCheck
{
    /// <summary>Throws unless the command line parses.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="program">What the program is called.</param>
    /// <exception cref="UsageException">It does not.</exception>
    public static void Throw(ParseResult parse, string program = "scratchnet")
    {
        if (parse.Action is ExampleHelp or Answer)
        {
            return;
        }

        var command = parse.CommandResult.Command;
        if (StrayOption(parse) is { } option)
        {
            throw Wrong(program, command, $"unknown option '{option}'" + Suggest(option, OptionNames(command)));
        }

        if (parse.UnmatchedTokens is [var word, ..])
        {
            throw Wrong(program, command, command.Subcommands.Count > 0
                ? $"unknown command '{word}'" + Suggest(word, command.Subcommands.Select(subcommand => subcommand.Name))
                : $"unexpected argument '{word}'");
        }

        if (MissingArgument(parse.CommandResult) is { } missing)
        {
            throw Wrong(program, command, $"{missing.Name} is missing");
        }

        if (parse.Errors is [var error, ..])
        {
            throw Wrong(program, command, char.ToLowerInvariant(error.Message[0]) + error.Message[1..].TrimEnd('.'));
        }
    }

    /// <summary>A word that looks like an option but is none: the parser takes it for an argument.</summary>
    private static string? StrayOption(ParseResult parse)
    {
        var values = parse.CommandResult.Children.OfType<OptionResult>().SelectMany(option => option.Tokens).ToHashSet();
        return parse.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token =>
                token.Type == TokenType.Argument && token.Value is ['-', _, ..] && !values.Contains(token))?.Value;
    }

    private static Argument? MissingArgument(CommandResult result) => result.Command.Arguments.FirstOrDefault(argument =>
        (result.GetResult(argument)?.Tokens.Count ?? 0) < argument.Arity.MinimumNumberOfValues);

    private static IEnumerable<string> OptionNames(Command command) =>
        command.Options.Select(option => option.Name).Append("--help");

    private static string Suggest(string word, IEnumerable<string> known) =>
        Nearest.To(word.Split('=', ':')[0], known) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    private static UsageException Wrong(string program, Command command, string what)
    {
        var path = command is RootCommand ? "" : string.Join(' ', command.Parents.OfType<Command>()
            .Where(parent => parent is not RootCommand).Select(parent => parent.Name).Append(command.Name)) + " ";
        return new UsageException($"{what}{(what.EndsWith('?') ? "" : ";")} see '{program} {path}--help'");
    }
}
