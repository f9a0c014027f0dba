using System.Globalization;
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
/// <param name="Network">Its copy, which makes the step.</param>
/// <param name="Next">What makes the step.</param>
/// <param name="Notes">Where all this comes from.</param>
internal sealed record Subject(TrainedModel Model, Network Network, NextStep Next, List<Note> Notes) : IDisposable
{
    private const int Candidates = 200;
    private const double Instructive = 0.7;

    /// <summary>The sample's pixels, as the model gets them.</summary>
    public byte[] Pixels { get; private set; } = [];

    /// <summary>Its class.</summary>
    public byte Label { get; private set; }

    /// <summary>What to call it.</summary>
    public string SampleName { get; private set; } = "";

    /// <summary>The data of its run, where those were a person's own and are still there.</summary>
    private DataSource? OwnData { get; init; }

    /// <summary>Loads a model.</summary>
    /// <param name="backend">Where its copy shall live.</param>
    /// <param name="path">A file, a run's folder, or null for the newest run or else a model of the bundled digits.</param>
    /// <param name="terminal">Told about the training of such a model, and of a damaged checkpoint.</param>
    public static Subject Load(Backend backend, string? path, Terminal terminal)
    {
        path ??= RunFiles.NewestRunIn("runs");
        if (path is null)
        {
            var bundled = DefaultModel.Load(backend, terminal.Tell, CancellationToken.None);
            terminal.Tell("");
            return Copy(bundled, null, "There is no run here, so this network has learnt the bundled digits.");
        }

        var checkpoint = ReadCheckpoint(path, terminal);
        var model = checkpoint?.LoadModel(backend) ?? TrainedModel.Load(backend, RunFiles.NeedModel(path, terminal.Warn));
        var folder = DataSource.IsKnown(model.DatasetName) ? null
            : checkpoint is not null ? RunRecord.FolderOf(checkpoint)
            : RunRecord.FolderOf(RunFiles.FindModel(path));
        return Copy(model, checkpoint, $"It is that of {path}.") with
        {
            OwnData = Path.Exists(folder) ? new DataSource(null, folder).For(model) : null,
        };
    }

    /// <summary>Chooses the sample.</summary>
    /// <param name="sample">A number, a picture's file, or null for one that the network is unsure of.</param>
    /// <param name="label">The class of a picture, or null for what the network takes it for.</param>
    /// <param name="terminal">Told of what is odd about the data.</param>
    public void Choose(string? sample, string? label, Terminal terminal)
    {
        if (sample is not null && !int.TryParse(sample, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            Pixels = Prepare(sample);
            SampleName = Path.GetFileName(sample);
            Label = label is null ? Likeliest() : LabelOf(label);
            AboutSample(label is null
                ? $"Nobody said what it shows, so the step teaches what the network takes it for: {Model.ClassNames[Label]} "
                    + "(--label says otherwise)."
                : $"It is said to show {Model.ClassNames[Label]}.");
            return;
        }

        if (label is not null)
        {
            throw new UsageException("--label is for a picture of your own; samples of a data set have a label");
        }

        var test = OwnData is null ? Pictures() : OwnData.Load(terminal).Test;
        var index = sample is null ? Unsure(test) : Values.Whole("--sample", sample, 0, test.Count - 1);
        Pixels = test.Image(index).ToArray();
        Label = test.Labels.Span[index];
        SampleName = $"Test picture {index} of {test.Name}";
        var why = string.Create(CultureInfo.InvariantCulture,
            $" Of the first {Math.Min(Candidates, test.Count)} its loss is nearest {Instructive}: the network is unsure, ");
        AboutSample($"It shows {Model.ClassNames[Label]}." + (sample is null ? why + "so gradients are large." : ""));
    }

    public void Dispose()
    {
        Next.Optimizer.Dispose();
        Network.Dispose();
        Model.Dispose();
    }

    private void AboutSample(string text) => Notes.Insert(0, new("sample", $"{SampleName}. {text}"));

    private static Subject Copy(TrainedModel model, Checkpoint? checkpoint, string origin)
    {
        var layers = model.Network.Layers;
        if (layers[^1] is not Dense || layers.Any(layer => layer is not (Dense or Dropout)))
        {
            model.Dispose();
            throw new FailureException("explain walks through dense layers, with dropout between them; this network has "
                + string.Join(", ", layers.Select(layer => layer.Kind).Distinct()));
        }

        var copy = Blueprint.Of(model.Network).Build(model.Network.Backend, model.Network.Seed);
        copy.SetWeights(model.Network.CopyWeights());
        var next = checkpoint is null ? NextStep.Assumed() : NextStep.Of(checkpoint, copy);
        return new Subject(model, copy, next, [new("network", origin), new("optimizer", next.Note)]);
    }

    private static Checkpoint? ReadCheckpoint(string path, Terminal terminal)
    {
        if (Directory.Exists(path))
        {
            var newest = RunFiles.FindCheckpoint(path);
            try
            {
                return CheckpointFiles.Exist(newest) ? CheckpointFiles.Read(newest, terminal.Warn) : null;
            }
            catch (ModelFileException exception) when (RunFiles.FindModel(path) != newest)
            {
                terminal.Warn($"{exception.Message} The model alone is explained: {RunFiles.FindModel(path)}.");
                return null;
            }
        }

        return File.Exists(path) && SafetensorsFile.Read(path, allowNonFinite: true).Metadata.ContainsKey("training")
            ? Checkpoint.Read(path)
            : null;
    }

    private Dataset Pictures()
    {
        var name = DataSource.IsKnown(Model.DatasetName) ? Model.DatasetName : DatasetCatalog.Bundled.Name;
        var (entry, locations) = (DatasetCatalog.Find(name), DataLocations.FromEnvironment());
        if (entry != DatasetCatalog.Bundled && DatasetCatalog.Locate(entry, locations) is null)
        {
            entry = DatasetCatalog.Bundled;
        }

        var test = DatasetCatalog.LoadAsync(entry, locations, null).GetAwaiter().GetResult().Test;
        var fits = (test.Height, test.Width) == (Model.Format.Height, Model.Format.Width);
        return fits && test.ClassNames.SequenceEqual(Model.ClassNames)
            ? test
            : throw new FailureException(
                $"the model's data, {Model.DatasetName}, are not known here; give a picture: --sample FILE");
    }

    private byte[] Prepare(string sample)
    {
        var picture = PictureFile.Read(sample);
        try
        {
            return PreparationOf.Picture(picture, Model.Format, sample);
        }
        catch (DataException exception)
        {
            throw new DataException($"{exception.Message} ({DrawSession.Describe(picture)})");
        }
    }

    private byte LabelOf(string label)
    {
        var index = Model.ClassNames.ToList().IndexOf(label);
        return index >= 0
            ? (byte)index
            : throw new UsageException($"--label is '{label}', but the classes are {string.Join(", ", Model.ClassNames)}");
    }

    private byte Likeliest()
    {
        var probabilities = Model.Predict(Pixels);
        return (byte)Array.IndexOf(probabilities, probabilities.Max());
    }

    private int Unsure(Dataset test) => Enumerable.Range(0, Math.Min(Candidates, test.Count)).MinBy(i =>
        Math.Abs(Instructive + Math.Log(Math.Max(1e-30, Model.Predict(test.Image(i).ToArray())[test.Labels.Span[i]]))));
}
