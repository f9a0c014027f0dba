using System.Globalization;
using System.Text.Json.Nodes;
using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Runs;
using ScratchNet.Cli.Studio.Draw;
using ScratchNet.Engine;
using ScratchNet.Engine.Files;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using ScratchNet.Training.Images;

namespace ScratchNet.Cli.Explain;

/// <summary>What is explained: a copy of a model, the optimizer of its next step, and a sample.</summary>
/// <param name="Model">The model as it was loaded.</param>
/// <param name="Network">Its copy, without dropout, which makes the step.</param>
/// <param name="Optimizer">Makes the step.</param>
/// <param name="Notes">Where all this comes from, a sentence each.</param>
internal sealed record Subject(TrainedModel Model, Network Network, Adam Optimizer, List<string> Notes) : IDisposable
{
    private const int Candidates = 200;
    private const double Instructive = 0.7;

    /// <summary>The sample's pixels, as the model gets them.</summary>
    public byte[] Pixels { get; private set; } = [];

    /// <summary>Its class.</summary>
    public byte Label { get; private set; }

    /// <summary>What to call it.</summary>
    public string SampleName { get; private set; } = "";

    /// <summary>Loads a model.</summary>
    /// <param name="backend">Where its copy shall live.</param>
    /// <param name="path">A file, a run's folder, or null for the newest run or else a model of the bundled digits.</param>
    /// <param name="terminal">Told about the training of such a model.</param>
    public static Subject Load(Backend backend, string? path, Terminal terminal)
    {
        path ??= NewestRun();
        if (path is null)
        {
            var bundled = DefaultModel.Load(backend, terminal.Error.WriteLine, CancellationToken.None);
            return Copy(bundled, null, "There is no run here, so this is a network that learnt the bundled digits.");
        }

        var checkpoint = ReadCheckpoint(path);
        var model = checkpoint?.LoadModel(backend) ?? TrainedModel.Load(backend, RunFiles.FindModel(path));
        return Copy(model, checkpoint, $"The network is that of {path}.");
    }

    /// <summary>Chooses the sample.</summary>
    /// <param name="sample">A number, a picture's file, or null for one that the network is unsure of.</param>
    /// <param name="label">The class of a picture, or null for what the network takes it for.</param>
    public void Choose(string? sample, string? label)
    {
        if (sample is not null && !int.TryParse(sample, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            Pixels = PreparationOf.Picture(PictureFile.Read(sample), Model.Format, sample);
            SampleName = Path.GetFileName(sample);
            Label = label is null ? Likeliest() : LabelOf(label);
            Notes.Add(label is null
                ? $"Nobody said what the picture shows, so the step teaches what the network takes it for: {Model.ClassNames[Label]} (--label says otherwise)."
                : $"The picture is said to show {Model.ClassNames[Label]}.");
            return;
        }

        if (label is not null)
        {
            throw new UsageException("--label is for a picture of your own; samples of a data set have a label");
        }

        var test = Pictures();
        var index = sample is null ? Unsure(test) : Values.Whole("--sample", sample, 0, test.Count - 1);
        Pixels = test.Image(index).ToArray();
        Label = test.Labels.Span[index];
        SampleName = $"test picture {index} of {test.Name}";
        if (sample is null)
        {
            Notes.Add($"It is the one among the first {Math.Min(Candidates, test.Count)} whose loss is nearest {Instructive}: where the network is unsure, gradients are large.");
        }
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Network.Dispose();
        Model.Dispose();
    }

    private static Subject Copy(TrainedModel model, Checkpoint? checkpoint, string origin)
    {
        if (model.Network.Loss is not SoftmaxCrossEntropy || model.Network.Layers.Any(layer => layer is not (Dense or Dropout)))
        {
            var kind = model.Network.Loss.GetType().Name;
            model.Dispose();
            throw new FailureException($"explain walks through dense layers that end in a softmax; this network has other layers or ends in {kind}");
        }

        var copy = Blueprint.Of(model.Network).Build(model.Network.Backend, dropout: false);
        copy.SetWeights(model.Network.CopyWeights());
        List<string> notes = [origin];
        if (model.Network.Layers.Any(layer => layer is Dropout))
        {
            notes.Add("Its dropout is switched off here.");
        }

        var optimizer = (string?)checkpoint?.Optimizer["type"] is "adam" or "adamw" ? MakeAdam(checkpoint.Optimizer) : null;
        if (optimizer is not null)
        {
            checkpoint!.Restore(copy, optimizer);
            notes.Add($"The run's own {optimizer.Kind} goes on from step {optimizer.Steps}, with what it remembers, at the full rate {optimizer.LearningRate}.");
            return new Subject(model, copy, optimizer, notes);
        }

        notes.Add("No memory of an Adam was saved with it, so a fresh Adam makes its first step here, at rate 0.001.");
        return new Subject(model, copy, new Adam(), notes);
    }

    private static Adam MakeAdam(JsonObject json)
    {
        var rate = float.Parse((string)json["learning_rate"]!, CultureInfo.InvariantCulture);
        var (beta1, beta2) = ((float)json["beta1"]!, (float)json["beta2"]!);
        var (epsilon, decay) = ((float)json["epsilon"]!, (float)json["weight_decay"]!);
        var norm = (float?)json["max_gradient_norm"] ?? 0f;
        return (string)json["type"]! == "adamw"
            ? new AdamW(rate, beta1, beta2, epsilon, decay) { MaxGradientNorm = norm }
            : new Adam(rate, beta1, beta2, epsilon, decay) { MaxGradientNorm = norm };
    }

    private static Checkpoint? ReadCheckpoint(string path)
    {
        var file = RunFiles.FindCheckpoint(path);
        return File.Exists(file) && SafetensorsFile.Read(file, allowNonFinite: true).Metadata.ContainsKey("training")
            ? Checkpoint.Read(file)
            : null;
    }

    private static string? NewestRun() => Directory.Exists("runs")
        ? Directory.GetDirectories("runs").Where(folder => File.Exists(RunFiles.FindModel(folder))).MaxBy(Directory.GetLastWriteTimeUtc)
        : null;

    private Dataset Pictures()
    {
        var name = DataSource.IsKnown(Model.DatasetName) ? Model.DatasetName : DatasetCatalog.Bundled.Name;
        var (entry, locations) = (DatasetCatalog.Find(name), DataLocations.FromEnvironment());
        if (entry != DatasetCatalog.Bundled && DatasetCatalog.Locate(entry, locations) is null)
        {
            entry = DatasetCatalog.Bundled;
        }

        var test = DatasetCatalog.LoadAsync(entry, locations, null).GetAwaiter().GetResult().Test;
        return (test.Height, test.Width) == (Model.Format.Height, Model.Format.Width) && test.ClassNames.SequenceEqual(Model.ClassNames)
            ? test
            : throw new FailureException($"the model's data, {Model.DatasetName}, are not known here; give a picture: --sample FILE");
    }

    private byte LabelOf(string label)
    {
        var index = Model.ClassNames.ToList().IndexOf(label);
        return index >= 0 ? (byte)index : throw new UsageException($"--label is '{label}', but the classes are {string.Join(", ", Model.ClassNames)}");
    }

    private byte Likeliest()
    {
        var probabilities = Model.Predict(Pixels);
        return (byte)Array.IndexOf(probabilities, probabilities.Max());
    }

    private int Unsure(Dataset test) => Enumerable.Range(0, Math.Min(Candidates, test.Count)).MinBy(i =>
        Math.Abs(Instructive + Math.Log(Math.Max(1e-30, Model.Predict(test.Image(i).ToArray())[test.Labels.Span[i]]))));
}
