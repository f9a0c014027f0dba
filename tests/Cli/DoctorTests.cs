using ScratchNet.Training.Data;
using ScratchNet.Training.Diagnosis;
using Xunit;

namespace ScratchNet.Tests.Cli;

/// <summary>Runs and data that are broken in one way each, and what is said of them.</summary>
public class DoctorTests
{
    private static readonly DatasetPair Digits = BundledDigits.Load();

    [Theory]
    [InlineData("rate-too-high", "--optimizer sgd --learning-rate 5 --epochs 3")]
    [InlineData("rate-too-low", "--learning-rate 1e-6 --epochs 3")]
    [InlineData("rate-too-low", "--learning-rate 1e-7 --epochs 4 --augment yes --dropout 0.1")]
    [InlineData("dead-relus", "--learning-rate 3 --epochs 2")]
    [InlineData("dropout-too-strong", "--hidden 32,32 --dropout 0.9 --epochs 4")]
    [InlineData("dropout-too-strong", "--hidden 400,200 --dropout 0.9 --learning-rate 0.0002 --epochs 6")]
    [InlineData("decay-too-strong", "--weight-decay 1 --epochs 3")]
    [InlineData("decay-too-strong", "--weight-decay 0.3 --optimizer sgd --epochs 4")]
    [InlineData("not-learning", "--hidden 32,32,32,32,32,32,32,32,32,32 --activation sigmoid --epochs 3")]
    [InlineData("saturated", "--activation sigmoid --learning-rate 5 --epochs 2")]
    [InlineData("first-loss", "--class-weights 30,30,30,30,30,30,30,30,30,30 --epochs 2")]
    [InlineData("classes-ignored", "--class-weights 0,0,1,1,1,1,1,1,1,1 --epochs 2")]
    [InlineData("batch-too-small",
        "--batch-size 1 --optimizer sgd --learning-rate 0.05 --schedule constant --epochs 8 --validation 0.5")]
    [InlineData("overfitting", "--hidden 256 --learning-rate 0.005 --schedule constant --epochs 40 --validation 0.9")]
    [InlineData(null, "--epochs 6")]
    [InlineData(null, "--epochs 6 --dropout 0.5 --hidden 128")]
    [InlineData(null, "--epochs 6 --weight-decay 0.01")]
    [InlineData(null, "--epochs 4 --label-smoothing 0.8")]
    public void ABrokenRunIsExplainedAndAHealthyOneIsNot(string? kind, string options)
    {
        using var folder = new TemporaryFolder();
        string[] size = options.Contains("--hidden", StringComparison.Ordinal) ? [] : ["--hidden", "32"];
        string[] distortion = options.Contains("--augment", StringComparison.Ordinal) ? [] : ["--no-augment"];
        var run = CliProcess.Run(folder.Path,
            ["train", "--run", "runs/a", "--threads", "1", .. distortion, "--quiet", .. size, .. options.Split(' ')]);
        Assert.True(run.ExitCode == 0, run.Error);
        var doctor = CliProcess.Run(folder.Path, "doctor", "--json");
        Assert.Equal((0, ""), (doctor.ExitCode, doctor.Error));
        var kinds = doctor.JsonLines().Select(line => line.GetProperty("finding").GetString()).ToArray();
        if (kind is null)
        {
            Assert.Empty(kinds);
        }
        else
        {
            Assert.Contains(kind, kinds);
        }
    }

    /// <summary>As a run with dropout 0.9 and the rate 0.0002 went: losses with dropout are no sign of the rate.</summary>
    [Theory]
    [InlineData(0, 2.25, "rate-too-high")]
    [InlineData(0.5, 2.25)]
    [InlineData(0.5, 5, "rate-too-high")]
    public void OnlyLossesWithoutDropoutAreComparedWithTheFirst(double dropout, double validationLoss, params string[] kinds)
    {
        var run = new RunFacts(10, 64, 2.35, [5.08, 3.28], [validationLoss, 2.25], [], Breakdown: null)
        {
            TrainAccuracies = [0.1, 0.4],
            ValidationAccuracies = [0.2, 0.5],
            Dropout = dropout,
        };
        Assert.Equal(kinds, RunDoctor.Examine(run, []).Select(finding => finding.Kind));
    }

    [Theory]
    [InlineData(null, 2.9, 1.8)]
    [InlineData(null, 2.9, 2.9, "rate-too-high")]
    [InlineData(2.35, 2.9, 1.8, "rate-too-high")]
    public void WithoutAFirstLossTheFirstEpochSaysNothingOfTheRate(
        double? first, double loss, double later, params string[] kinds)
    {
        var run = new RunFacts(10, 64, first, [loss, later], [], [], Breakdown: null) { TrainAccuracies = [0.2, 0.4] };
        Assert.Equal(kinds, RunDoctor.Examine(run, []).Select(finding => finding.Kind));
    }

    /// <summary>Of two classes with 90 and 10 % of the pictures, the commoner one is right for 90 %: a loss of 0.325.</summary>
    [Theory]
    [InlineData(0.325, 0.9, "not-learning")]
    [InlineData(0.2, 0.93)]
    public void GuessingIsMeasuredAgainstTheSharesOfTheClasses(double loss, double accuracy, params string[] kinds)
    {
        var run = new RunFacts(2, 64, FirstLoss: null, [loss], [loss], [], Breakdown: null)
        {
            TrainAccuracies = [accuracy],
            ValidationAccuracies = [accuracy],
            ClassShares = [0.9, 0.1],
        };
        Assert.Equal(kinds, RunDoctor.Examine(run, []).Select(finding => finding.Kind));
    }

    [Fact]
    public void ARunWhoseDataHaveMovedIsExaminedWithoutThem()
    {
        using var folder = new TemporaryFolder();
        WriteCsv(folder.File("digits.csv"), Digits.Test);
        var run = CliProcess.Run(folder.Path, "train", "--data", "digits.csv", "--run", "runs/a", "--hidden", "32",
            "--learning-rate", "3", "--epochs", "2", "--threads", "1", "--quiet");
        Assert.True(run.ExitCode == 0, run.Error);
        File.Delete(folder.File("digits.csv"));
        var doctor = CliProcess.Run(folder.Path, "doctor", "runs/a", "--json");
        Assert.Equal(0, doctor.ExitCode);
        Assert.StartsWith("warning: the run's data were not found", doctor.Error, StringComparison.Ordinal);
        Assert.Equal(1, doctor.Error.Count(c => c == '\n'));
        Assert.Contains("dead-relus", doctor.JsonLines().Select(line => line.GetProperty("finding").GetString()));
    }

    [Fact]
    public void HealthyDataAreLeftAlone() => Assert.Empty(DataDoctor.Examine(Digits));

    [Fact]
    public void LabelsInAnotherOrderAreNoticed()
    {
        byte[] labels = [.. Digits.Train.Labels.Span];
        new Random(1).Shuffle(labels);
        var train = new Dataset("shuffled", 28, 28, Digits.Train.ClassNames, Digits.Train.CopyImages(), labels);
        Assert.Equal("labels-shuffled", Assert.Single(DataDoctor.Examine(new DatasetPair(train, Digits.Test))).Kind);
    }

    [Fact]
    public void AMissingClassIsNamed()
    {
        int[] others = [.. Enumerable.Range(0, Digits.Train.Count).Where(i => Digits.Train.Labels.Span[i] != 7)];
        var finding = Assert.Single(DataDoctor.Examine(new DatasetPair(Digits.Train.Select(others), Digits.Test)));
        Assert.Equal(("class-missing", "a class is missing: 7"), (finding.Kind, finding.Problem));
    }

    [Fact]
    public void AClassOfOnePictureIsNamedAndClassesThatItLeavesEmptyAreCounted()
    {
        byte[] labels = [.. Digits.Train.Labels.Span];
        labels[300] = 200;
        string[] names = [.. Enumerable.Range(0, 201).Select(c => $"{c}")];
        var train = new Dataset("damaged", 28, 28, names, Digits.Train.CopyImages(), labels);
        var test = new Dataset("damaged", 28, 28, names, Digits.Test.CopyImages(), Digits.Test.Labels);
        var findings = DataDoctor.Examine(new DatasetPair(train, test));
        Assert.Equal(
            [
                ("class-rare", "a class has only one or two pictures: 200"),
                ("class-missing", "190 classes are missing: 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 and 180 more"),
                ("class-untested", "a class is missing from the test part: 200"),
            ],
            findings.Select(finding => (finding.Kind, finding.Problem)));
        Assert.Equal("1 of 4000 training pictures; the commonest class has 400", findings[0].Evidence);
    }

    [Fact]
    public void InputsOfAnotherScaleAreNoticed()
    {
        byte[] dark = [.. Digits.Train.CopyImages().Select(pixel => (byte)(pixel / 16))];
        var train = new Dataset("dark", 28, 28, Digits.Train.ClassNames, dark, Digits.Train.Labels);
        Assert.Equal("not-normalised", Assert.Single(DataDoctor.Examine(new DatasetPair(train, Digits.Test))).Kind);
    }

    [Fact]
    public void LightBackgroundsAreNoticedAndComeBeforeTheRate()
    {
        byte[] light = [.. Digits.Train.CopyImages().Select(pixel => (byte)(255 - pixel))];
        var train = new Dataset("light", 28, 28, Digits.Train.ClassNames, light, Digits.Train.Labels);
        var ofData = DataDoctor.Examine(new DatasetPair(train, Digits.Test));
        var finding = Assert.Single(ofData);
        Assert.Equal("not-normalised", finding.Kind);
        Assert.StartsWith("invert the pictures", finding.Advice, StringComparison.Ordinal);
        var ofRun = RunDoctor.Examine(new RunFacts(10, 64, 2.4, [2.4, 1.9], [2.1, 1.6],
            [new LayerFacts("dense 784 -> 128 relu", 0.8, 0, 14, 15)], Breakdown: null), ofData);
        Assert.Equal(["not-normalised", "dead-relus"], ofRun.Select(each => each.Kind));
        Assert.Equal("first do what is said above; the learning rate may be right then", ofRun[1].Advice);
    }

    [Theory]
    [InlineData(1, 0.05, false)]
    [InlineData(0.5, 0.2, false)]
    [InlineData(0.5, 0.4, true)]
    public void AMeanIsLargeOnlyAgainstTheDeviation(double contrast, double ground, bool isNoticed)
    {
        byte[] pixels = [.. Digits.Train.CopyImages().Select(pixel => (byte)Math.Min(255, (contrast * pixel) + (255 * ground)))];
        var train = new Dataset("grey", 28, 28, Digits.Train.ClassNames, pixels, Digits.Train.Labels);
        var kinds = DataDoctor.Examine(new DatasetPair(train, Digits.Test)).Select(finding => finding.Kind);
        Assert.Equal(isNoticed ? ["not-normalised"] : [], kinds);
    }

    [Fact]
    public void TestPicturesAmongTheTrainingPicturesAreCounted()
    {
        var finding = Assert.Single(DataDoctor.Examine(new DatasetPair(Digits.Train, Digits.Train.Subset(200, seed: 1))));
        Assert.Equal(("duplicates", "200 of 200 test pictures"), (finding.Kind, finding.Evidence));
    }

    [Fact]
    public void AModelIsNotTakenForData()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("model.safetensors"), [0xC8, 0x74, 0, 0, 0, 0, 0, 0]);
        InProcess.Refuses(2, $"doctor {folder.File("model.safetensors")}",
            "model.safetensors: is a model or a checkpoint; doctor takes a run's folder, such as runs/NAME, or data");
        File.WriteAllText(folder.File("config.json"), "{}");
        InProcess.Refuses(2, $"doctor {folder.File("model.safetensors")}", $"such as {folder.Path}, or data");
    }

    [Fact]
    public void WithoutARunThereIsALine()
    {
        using var folder = new TemporaryFolder();
        var doctor = CliProcess.Run(folder.Path, "doctor");
        Assert.Equal(1, doctor.ExitCode);
        InProcess.AssertOneErrorLine(doctor.Error);
    }

    private static void WriteCsv(string path, Dataset set) => File.WriteAllLines(path, Enumerable.Range(0, set.Count)
        .Select(i => $"{set.Labels.Span[i]},{string.Join(',', set.Image(i).ToArray())}"));
}
