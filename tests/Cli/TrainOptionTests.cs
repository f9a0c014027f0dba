using System.Globalization;
using ScratchNet.Cli.Commands;
using ScratchNet.Cli.Runs;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Cli;

/// <summary>How options of <c>train</c> become a plan, and a plan its options again.</summary>
public class TrainOptionTests
{
    private static readonly Distortion Usual = new(10, 0.1f, 1.5f, 0.1f, 34, 5);

    [Theory]
    [InlineData("constant", "constant")]
    [InlineData("cosine", "cosine")]
    [InlineData("cosine,floor=0.05", "cosine,floor=0.05")]
    [InlineData("step", "step,every=10,factor=0.1")]
    [InlineData("step,factor=0.5,every=3", "step,every=3,factor=0.5")]
    [InlineData("one-cycle", "one-cycle,rise=0.3,start=0.04,end=0")]
    [InlineData("one-cycle,rise=0.2", "one-cycle,rise=0.2,start=0.04,end=0")]
    [InlineData("plateau,patience=1", "plateau,patience=1,factor=0.5,tolerance=0.001")]
    public void SchedulesAreReadAndWrittenInTheSameWords(string text, string whole)
    {
        var schedule = ScheduleText.Read(text, warmUpEpochs: 0);
        Assert.Equal(whole, schedule.Text);
        Assert.Equal(schedule, ScheduleText.Read(whole, warmUpEpochs: 0));
    }

    [Fact]
    public void AWarmUpGoesWithASchedule() =>
        Assert.Equal(new StepSchedule(3, 0.5) { WarmUpEpochs = 1.5 }, ScheduleText.Read("step,every=3,factor=0.5", 1.5));

    [Fact]
    public void DistortionsAreStrengthsOrNumbersOrBoth()
    {
        Assert.Null(DistortionText.Read("no"));
        Assert.Null(DistortionText.Read("rotation=0"));
        Assert.Equal(Usual, DistortionText.Read("yes"));
        Assert.Equal(Usual, DistortionText.Read("rotation=10,scale=0.1,shift=1.5,shear=0.1,alpha=34"));
        Assert.Equal(Usual with { ElasticAlpha = 40 }, DistortionText.Read("yes,alpha=40"));
        Assert.Equal(new Distortion(RotationDegrees: 7), DistortionText.Read("rotation=7"));
    }

    [Theory]
    [InlineData("--augment strong mnist", "--augment strong mnist")]
    [InlineData("--augment mnist", "--augment=yes mnist")]
    [InlineData("--augment digts", "--augment=yes digts")]
    [InlineData("--augment --epochs 3", "--augment=yes --epochs 3")]
    [InlineData("--augment mild,alpa", "--augment mild,alpa")]
    [InlineData("mnist --augment", "mnist --augment=yes")]
    public void AugmentWithoutAValueMeansYes(string args, string completed) =>
        Assert.Equal(completed.Split(' '), TrainCommand.CompleteAugment(args.Split(' ')));

    [Theory]
    [InlineData("no", "no")]
    [InlineData("mild", "mild")]
    [InlineData("yes,alpha=34", "yes")]
    [InlineData("shift=2,scale=0.1", "rotation=0,scale=0.1,shift=2,shear=0,alpha=0,sigma=5")]
    public void DistortionsAreWrittenAsTheyAreRead(string text, string written)
    {
        Assert.Equal(written, DistortionText.Write(DistortionText.Read(text)));
        Assert.Equal(DistortionText.Read(text), DistortionText.Read(written));
    }

    [Fact]
    public void EveryRecipeIsAPlanThatDescribesItselfAsAnEqualOne()
    {
        foreach (var recipe in Recipes.All)
        {
            var source = new DataSource(recipe.Dataset, null);
            var described = TrainingPlan.Read(source, recipe.Options.GetValueOrDefault).Describe();
            Assert.Equal(described, TrainingPlan.Read(source, described.GetValueOrDefault).Describe());
            Assert.All(recipe.Options.Keys, option => Assert.Contains(option, described.Keys));
        }
    }

    [Fact]
    public void OptionsReachTheNetworkTheLossAndTheOptimizer()
    {
        var plan = Plan("--hidden 8,6 --activation tanh --input-dropout 0.2 --dropout 0.1,0.3 --label-smoothing 0.1 "
            + "--class-weights balanced --optimizer adamw --learning-rate 0.01 --weight-decay 0.05 --clip-norm 2 --ema 0.99 "
            + "--early-stopping 4,on=accuracy --candidates 3");
        using var backend = new CpuBackend(1);
        using var network = plan.BuildNetwork(backend, BundledDigits.Load().Train);
        Assert.Equal(
            ["dropout 0.2 784", "dense 784 -> 8, tanh", "dropout 0.1 8", "dense 8 -> 6, tanh", "dropout 0.3 6", "dense 6 -> 10"],
            network.Layers.Select(layer => layer.Description));
        var loss = Assert.IsType<SoftmaxCrossEntropy>(network.Loss);
        Assert.Equal(0.1f, loss.LabelSmoothing);
        Assert.Equal(Enumerable.Repeat(1f, 10), loss.ClassWeights);
        using var optimizer = Assert.IsType<AdamW>(plan.BuildOptimizer());
        Assert.Equal((0.01f, 0.05f, 2f), (optimizer.LearningRate, optimizer.WeightDecay, optimizer.MaxGradientNorm));
        Assert.Equal(0.99f, plan.Options.AverageDecay);
        Assert.Equal(3, plan.Options.Candidates);
        Assert.Equal(new EarlyStopping(4, StoppingMeasure.Accuracy), plan.Options.EarlyStopping);
        Assert.Equal(plan.Describe(), TrainingPlan.Read(plan.Source, plan.Describe().GetValueOrDefault).Describe());
    }

    [Fact]
    public void OneRateOfDropoutServesAllLayersAndZeroMakesNone()
    {
        using var backend = new CpuBackend(1);
        using var network = Plan("--hidden 8,6 --dropout 0.5").BuildNetwork(backend, BundledDigits.Load().Train);
        Assert.Equal(["dropout 0.5 8", "dropout 0.5 6"], network.Layers.OfType<Dropout>().Select(layer => layer.Description));
        using var plain = Plan("--hidden 8,6 --dropout 0").BuildNetwork(backend, BundledDigits.Load().Train);
        Assert.Equal(3, plain.Layers.Count);
    }

    [Fact]
    public void RecipesPromiseMoreTheLongerTheyTake() =>
        Assert.Equal(Recipes.All.OrderBy(recipe => recipe.Aim.Seconds), Recipes.All.OrderBy(recipe => recipe.Aim.Accuracy));

    [Fact]
    public void WhatIsSaidOfARecipeIsWhatTheReadmeSaysWasMeasured()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "training/README.md"));
        Assert.All(Recipes.All.SkipLast(1), recipe =>
        {
            var row = lines.Last(line => line.StartsWith($"| {recipe.Name} |", StringComparison.Ordinal))
                .Split('|', StringSplitOptions.TrimEntries);
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{100 * recipe.Measured.Accuracy:F2} %"), row[3]);
            Assert.Equal(recipe.Measured.Seconds, double.Parse(row[4], CultureInfo.InvariantCulture));
        });
    }

    [Fact]
    public void OptionsBesideARecipeWinAndAreNamed()
    {
        var recipe = Recipes.Find("quick");
        var given = new Dictionary<string, string>
            { ["--epochs"] = "1", ["--hidden"] = recipe.Options["--hidden"], ["--seed"] = "7" };
        var merged = Recipes.Merge(recipe, given);
        Assert.Equal(("1", "7"), (merged["--epochs"], merged["--seed"]));
        Assert.Equal(recipe.Options["--batch-size"], merged["--batch-size"]);
        Assert.Equal($"recipe quick, but with --epochs 1 instead of {recipe.Options["--epochs"]}, --seed 7",
            Recipes.Describe(recipe, given));
        Assert.Equal("recipe quick", Recipes.Describe(recipe, new Dictionary<string, string>()));
    }

    private static TrainingPlan Plan(string options)
    {
        var words = options.Split(' ');
        var given = words.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        return TrainingPlan.Read(new DataSource("digits", null), given.GetValueOrDefault);
    }

    [Theory]
    [InlineData("train --recipe quik", "'quik'", "'quick'")]
    [InlineData("train fashion-mnst --recipe quick", "'fashion-mnst'", "'fashion-mnist'")]
    [InlineData("train --recipe quick --resume runs/x", "--recipe", "--resume")]
    [InlineData("train --schedule cosin", "--schedule", "'cosine'")]
    [InlineData("train --schedule step,evry=3", "'evry'", "'every'")]
    [InlineData("train --schedule step,every", "'every'", "name=number")]
    [InlineData("train --schedule step,every=1,every=2", "every twice")]
    [InlineData("train --schedule constant,floor=1", "takes no numbers")]
    [InlineData("train --schedule one-cycle,rise=1", "rise", "below 1")]
    [InlineData("train --schedule one-cycle --warm-up 1", "--warm-up", "one-cycle")]
    [InlineData("train --warm-up 3 --epochs 3", "--warm-up", "3 epochs")]
    [InlineData("train --augment rotation=200", "rotation", "'200'", "180")]
    [InlineData("train --augment no,alpha=3", "takes no numbers")]
    [InlineData("train --augment strog", "--augment", "'strog'", "'strong'")]
    [InlineData("train mnist --augment yess", "--augment", "'yess'", "'yes'")]
    [InlineData("train --augment minst", "no data set", "'minst'", "'mnist'")]
    [InlineData("train --augment strong --no-augment", "--augment", "--no-augment")]
    [InlineData("train --hidden 9,9 --dropout 0.1,0.2,0.3", "--dropout", "3 rates for 2")]
    [InlineData("train --hidden none --dropout 0.1", "--dropout", "--hidden none", "--input-dropout")]
    [InlineData("train --early-stopping 3 --validation 0", "--early-stopping", "--validation 0")]
    [InlineData("train --schedule plateau --validation 0", "--schedule plateau", "--validation 0")]
    [InlineData("train --early-stopping 0", "--early-stopping", "'0'")]
    [InlineData("train --early-stopping 3,on=acuracy", "'acuracy'", "'accuracy'")]
    [InlineData("train --candidates 0", "--candidates", "'0'", "1 to 64")]
    [InlineData("train --ema 1", "--ema", "'1'", "below 1")]
    [InlineData("train --clip-norm -1", "--clip-norm", "'-1'")]
    [InlineData("train --class-weights balancd", "--class-weights", "'balancd'", "'balanced'")]
    [InlineData("train --class-weights 1,2", "2 weights", "10 classes")]
    [InlineData("train --class-weights 0,0", "above 0")]
    [InlineData("train --device opencl --threads 2", "--threads", "--device opencl")]
    [InlineData("train --repeat 1", "--repeat", "'1'", "2 to 1000")]
    [InlineData("train --repeat 3 --resume runs/x", "--repeat", "--resume")]
    [InlineData("train --repeat 3 --output x.safetensors", "--repeat", "--output", "--run")]
    [InlineData("evaluate a.safetensors b.safetensors minst", "'minst'", "'mnist'")]
    public void ContradictionsAreNamedInOneLine(string args, params string[] parts) => InProcess.Refuses(2, args, parts);

    [Fact]
    public void RecipesAreListed()
    {
        var table = InProcess.Run("recipes");
        Assert.Equal((0, ""), (table.ExitCode, table.Error));
        Assert.All(Recipes.All, recipe => Assert.Contains(recipe.Name, table.Out, StringComparison.Ordinal));
        var lines = InProcess.Run("recipes", "--json").JsonLines();
        Assert.Equal(Recipes.All.Select(recipe => recipe.Name), lines.Select(line => line.GetProperty("name").GetString()));
        Assert.All(lines, line => Assert.True(line.GetProperty("target_accuracy").GetDouble() > 0.9));
    }
}
