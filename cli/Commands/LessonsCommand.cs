using System.CommandLine;
using ScratchNet.Cli.Checks;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet lessons</c>: faults of backpropagation as exercises; <c>show</c> one, and its <c>answer</c>.</summary>
internal static class LessonsCommand
{
    private const int Width = 80;

    public static Command Create(Terminal terminal)
    {
        var json = CommonOptions.Json();
        var command = new ExampledCommand("lessons", "Exercises: find the mistake in a network that trains wrongly.",
            ("scratchnet lessons", "which there are"),
            ("scratchnet lessons show 3", "what to look at"),
            ("scratchnet gradcheck --inject-bug 3", "see it happen"),
            ("scratchnet lessons answer 3", "what it was"))
        {
            json,
            One("show", "Shows an exercise.", "what to look at", Show, terminal),
            One("answer", "Shows an exercise's answer.", "what was wrong, and who sees it", Answer, terminal),
        };
        command.SetAction(parse => List(parse.GetValue(json), terminal));
        return command;
    }

    private static ExampledCommand One(
        string name, string description, string meaning, Action<Lesson, Terminal> write, Terminal terminal)
    {
        var number = new Argument<string>("LESSON")
        {
            Description = $"a number from 1 to {Lessons.All.Count}, or a fault's name",
        };
        var command = new ExampledCommand(name, description, ($"scratchnet lessons {name} 3", meaning)) { number };
        command.SetAction(parse =>
        {
            write(Lessons.Find(number.Name, parse.GetValue(number)!), terminal);
            return ExitCode.Success;
        });
        return command;
    }

    private static int List(bool asJson, Terminal terminal)
    {
        foreach (var lesson in Lessons.All)
        {
            if (asJson)
            {
                JsonLine.Write(terminal.Out, json =>
                {
                    json.WriteString("event", "lesson");
                    json.WriteNumber("number", lesson.Number);
                    json.WriteString("fault", lesson.Name);
                    json.WriteString("title", lesson.Title);
                });
            }
            else
            {
                terminal.Out.WriteLine($"{lesson.Number}  {lesson.Title}");
            }
        }

        if (!asJson)
        {
            terminal.Out.WriteLine();
            terminal.Out.WriteLine("'scratchnet lessons show N' is the exercise, 'scratchnet gradcheck --inject-bug N' lets it");
            terminal.Out.WriteLine("happen, and 'scratchnet lessons answer N' tells what it was.");
        }

        return ExitCode.Success;
    }

    private static void Show(Lesson lesson, Terminal terminal)
    {
        terminal.Out.WriteLine(terminal.Strong($"Lesson {lesson.Number}: {lesson.Title}"));
        terminal.Out.WriteLine();
        Write(lesson.Exercise, terminal);
        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"  scratchnet gradcheck --inject-bug {lesson.Number}    lets it happen");
        terminal.Out.WriteLine($"  scratchnet lessons answer {lesson.Number}            when you know, or give up");
    }

    private static void Answer(Lesson lesson, Terminal terminal)
    {
        terminal.Out.WriteLine(terminal.Strong($"Lesson {lesson.Number}: {lesson.Name}"));
        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"  right: {lesson.Right}");
        terminal.Out.WriteLine($"  wrong: {lesson.Wrong}");
        terminal.Out.WriteLine();
        Write(lesson.Answer, terminal);
    }

    private static void Write(string text, Terminal terminal)
    {
        foreach (var line in TextWrap.Lines(text, Width))
        {
            terminal.Out.WriteLine(line);
        }
    }
}
