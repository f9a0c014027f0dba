using System.Globalization;
using System.Text.Json.Nodes;
using ScratchNet.Cli.Runs;
using ScratchNet.Engine;
using ScratchNet.Training;

namespace ScratchNet.Cli.Explain;

/// <summary>The optimizer of the step that is shown: of a run, what its next step would be made with.</summary>
/// <param name="Optimizer">It, with its memory and its rate.</param>
/// <param name="Note">Where it comes from, or what was assumed.</param>
/// <param name="RateWords">Where its rate comes from.</param>
internal sealed record NextStep(Optimizer Optimizer, string Note, string RateWords)
{
    /// <summary>Where nothing is known of an optimizer.</summary>
    public static NextStep Assumed()
    {
        var adam = new Adam();
        return new NextStep(adam, "A model alone does not say how it was trained. Assumed is the first step of a fresh adam, "
            + $"with m and v at 0 and the rate {Explanation.Show(adam.LearningRate)}; a run's folder or checkpoint would bring "
            + "its own.",
            "adam's default");
    }

    /// <summary>Goes on where a run stood.</summary>
    /// <param name="checkpoint">The run.</param>
    /// <param name="network">
    /// A network of its architecture; receives the weights that the run goes on with.
    /// </param>
    /// <exception cref="Engine.Files.ModelFileException">The checkpoint contradicts itself.</exception>
    public static NextStep Of(Checkpoint checkpoint, Network network)
    {
        var settings = checkpoint.Settings;
        var schedule = ScheduleText.Read((string)settings["schedule"]!, (double?)settings["warm_up"] ?? 0);
        var optimizer = Make(checkpoint.Optimizer);
        checkpoint.Restore(network, optimizer);
        var (full, batch) = (optimizer.LearningRate, (int)settings["batch_size"]!);
        var name = schedule.Text + (schedule.WarmUpEpochs > 0
            ? string.Create(CultureInfo.InvariantCulture, $", warm-up over {schedule.WarmUpEpochs} epochs")
            : "");
        var alone = $"Here it sees this one sample; in training a batch of {batch}, whose gradients are averaged.";
        if (checkpoint.IsDone)
        {
            return new NextStep(optimizer, $"The run is over after {checkpoint.Step} steps, and its schedule ({name}) with it. "
                + $"This is the step that would follow, by its own {optimizer.Kind} with all that it remembers, at the full rate "
                + $"{Explanation.Show(full)}. {alone}", "the run's full rate");
        }

        optimizer.LearningRate = checkpoint.NextRate(schedule);
        var factor = Explanation.Show(optimizer.LearningRate / (double)full);
        return new NextStep(optimizer, $"The run stands in epoch {checkpoint.Epoch + 1} of {checkpoint.Epochs}, after step "
            + $"{checkpoint.Step}. This is its next step, by its own {optimizer.Kind} with all that it remembers, at the rate "
            + $"{Explanation.Show(optimizer.LearningRate)}: {Explanation.Show(full)} times {factor} by its schedule ({name}"
            + $"{(checkpoint.Rollbacks > 0 ? ", halved at every rollback" : "")}). {alone}",
            $"{Explanation.Show(full)}·{factor}");
    }

    private static Optimizer Make(JsonObject json)
    {
        var rate = float.Parse((string)json["learning_rate"]!, CultureInfo.InvariantCulture);
        var (decay, norm) = ((float)json["weight_decay"]!, (float?)json["max_gradient_norm"] ?? 0f);
        if ((string)json["type"]! == "sgd")
        {
            return new Sgd(rate, (float)json["momentum"]!, (bool)json["nesterov"]!, decay) { MaxGradientNorm = norm };
        }

        var (beta1, beta2, epsilon) = ((float)json["beta1"]!, (float)json["beta2"]!, (float)json["epsilon"]!);
        return (string)json["type"]! == "adamw"
            ? new AdamW(rate, beta1, beta2, epsilon, decay) { MaxGradientNorm = norm }
            : new Adam(rate, beta1, beta2, epsilon, decay) { MaxGradientNorm = norm };
    }
}
