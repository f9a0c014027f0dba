using ScratchNet.Cli.Parsing;
using Xunit;

namespace ScratchNet.Tests.Cli;

public class UsageTests
{
    [Theory]
    [InlineData("", "train", "evaluate", "predict", "devices", "data")]
    [InlineData("train", "--hidden", "--activation", "--device", "--epochs", "--batch-size", "--learning-rate",
        "--validation", "--seed",
        "--threads", "--run", "--output", "--resume", "--json", "--quiet", "--optimizer", "--no-augment")]
    [InlineData("recipes", "--json")]
    [InlineData("evaluate", "MODEL", "DATASET", "--data", "--json")]
    [InlineData("predict", "MODEL", "IMAGE", "--top", "--show", "--json")]
    [InlineData("devices", "--json")]
    [InlineData("data", "fetch", "--json")]
    [InlineData("report", "RUN", "--output", "--json")]
    [InlineData("data fetch", "NAME", "--force")]
    [InlineData("bench", "--sizes", "--network", "--batch", "--device", "--variants", "--threads", "--json", "--csv",
        "--markdown", "--plot", "--baseline")]
    [InlineData("kernels", "show", "--json")]
    [InlineData("kernels show", "--as", "--arch")]
    public void HelpNamesEverythingAndEndsWithExamples(string command, params string[] parts)
    {
        var result = InProcess.Run([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.All(parts, part => Assert.Contains(part, result.Out, StringComparison.Ordinal));
        Assert.Contains($"scratchnet {command}", result.Out[result.Out.IndexOf("Examples:", StringComparison.Ordinal)..],
            StringComparison.Ordinal);
        Assert.All(result.Out.Split('\n'), line => Assert.True(line.Length <= 100, line));
    }

    [Fact]
    public void WithoutACommandTheHelpIsShown() => Assert.Equal(InProcess.Run("--help"), InProcess.Run());

    [Fact]
    public void TheVersionIsOneLine() => Assert.Matches(@"^scratchnet \d+\.\d+\.\d+\S*\n$", InProcess.Run("--version").Out);

    [Theory]
    [InlineData("trian", "'trian'", "'train'")]
    [InlineData("frobnicate", "'frobnicate'", "scratchnet --help")]
    [InlineData("--verion", "'--verion'", "'--version'")]
    [InlineData("train --epohcs 3", "'--epohcs'", "'--epochs'", "scratchnet train --help")]
    [InlineData("train --lerning-rate=0.1", "'--lerning-rate=0.1'", "'--learning-rate'")]
    [InlineData("data fecth", "'fecth'", "'fetch'")]
    [InlineData("train minst", "'minst'", "'mnist'")]
    [InlineData("train mnist extra", "'extra'")]
    [InlineData("train --activation rellu", "--activation", "'rellu'", "'relu'")]
    [InlineData("train --device cpuu", "--device", "'cpuu'", "'cpu'")]
    public void WhatIsMisspeltIsNamedWithWhatWasMeant(string args, params string[] parts) => InProcess.Refuses(2, args, parts);

    [Theory]
    [InlineData("train --image-size 28x", "--image-size", "''", "'28x'")]
    [InlineData("train digits --data photos", "'digits'", "--data", "leave one out")]
    [InlineData("train --epochs 0", "--epochs", "'0'", "1 to 1000000")]
    [InlineData("train --epochs 1.5", "--epochs", "'1.5'", "whole number")]
    [InlineData("train --epochs", "--epochs")]
    [InlineData("train --epochs 1 --epochs 2", "--epochs")]
    [InlineData("train --batch-size -1", "--batch-size", "'-1'")]
    [InlineData("train --hidden 128,,64", "--hidden is '128,,64', but '' in it must be a whole number")]
    [InlineData("train --class-weights balanced,1", "--class-weights is 'balanced,1', but 'balanced' in it must be a number")]
    [InlineData("train --hidden 2000000000", "--hidden", "'2000000000'", "65536")]
    [InlineData("train --learning-rate 0", "--learning-rate", "'0'", "above 0")]
    [InlineData("train --learning-rate nan", "--learning-rate", "'nan'")]
    [InlineData("train --learning-rate 1e-60", "--learning-rate", "'1e-60'")]
    [InlineData("train --dropout 1", "--dropout", "'1'", "below 1")]
    [InlineData("train --dropout 0,5", "--dropout is '0,5', but '5' in it", "below 1")]
    [InlineData("train --validation 1.5", "--validation", "'1.5'")]
    [InlineData("train --validation 0.0001", "--validation is 0.0001", "4000 training pictures of digits", "a larger share")]
    [InlineData("train --validation 0.9999", "--validation is 0.9999", "is all", "a smaller share")]
    [InlineData("train --seed -1", "--seed", "'-1'", "18446744073709551615")]
    [InlineData("train --image-size 0", "--image-size", "'0'", "1 to 1024")]
    [InlineData("train --image-size 20x30x3", "--image-size", "'20x30x3'", "HEIGHTxWIDTH")]
    [InlineData("train --threads 0", "--threads", "'0'", "1 to 1024")]
    [InlineData("train --momentum 0.5", "--momentum", "sgd")]
    [InlineData("train --augment --no-augment", "--augment", "--no-augment")]
    [InlineData("predict", "MODEL")]
    [InlineData("predict model", "IMAGE")]
    [InlineData("predict model image --top 0", "--top", "'0'", "1 to 256")]
    [InlineData("evaluate", "MODEL")]
    [InlineData("data fetch", "NAME")]
    public void WhatIsOutOfRangeIsNamedWithTheRange(string args, params string[] parts) => InProcess.Refuses(2, args, parts);

    [Theory]
    [InlineData("train", "--run")]
    [InlineData("train", "--output")]
    [InlineData("train", "--resume")]
    [InlineData("train", "--data")]
    [InlineData("evaluate model", "--data")]
    [InlineData("report runs", "--output")]
    public void APathThatIsBlankIsNamed(string command, string option)
    {
        foreach (var blank in new[] { "", "  " })
        {
            var result = InProcess.Run([.. command.Split(' '), option, blank]);
            Assert.Equal((2, ""), (result.ExitCode, result.Out));
            Assert.Contains($"{option} is '{blank}', but must be a path", result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("train --device cuda:99", "cuda:99")]
    [InlineData("train --data /no/such/folder", "/no/such/folder")]
    [InlineData("train --resume /no/such/run", "/no/such/run")]
    [InlineData("train --resume /no", "/no")]
    [InlineData("train --hidden 65536,65536", "65536x65536")]
    [InlineData("evaluate /no/such/model", "/no/such/model")]
    [InlineData("predict /no/such/model x.png", "/no/such/model")]
    public void WhatCannotBeDoneIsSaidInOneLine(string args, params string[] parts)
    {
        using var folder = new TemporaryFolder();
        InProcess.Refuses(1, args.StartsWith("train", StringComparison.Ordinal)
            ? $"{args} --quiet --run {folder.File("run")}" : args, parts);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("epochs", "epochs", 0)]
    [InlineData("epohcs", "epochs", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    public void DistancesCountEdits(string a, string b, int edits)
    {
        Assert.Equal(edits, Nearest.Distance(a, b));
        Assert.Equal(edits, Nearest.Distance(b, a));
    }
}
