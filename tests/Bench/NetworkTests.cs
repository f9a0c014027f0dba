using ScratchNet.Cli.Bench;
using ScratchNet.Kernels.Bench;
using Xunit;

namespace ScratchNet.Tests.Bench;

public class NetworkTests
{
    [Fact]
    public void A_network_has_three_products_a_layer_but_two_in_the_first()
    {
        var shapes = BenchShape.OfNetwork([784, 128, 10], batch: 64);
        Assert.Equal(
            ["64x128x784 nn", "784x128x64 tn", "64x10x128 nn", "128x10x64 tn", "64x128x10 nt"],
            shapes.Select(shape => $"{shape.M}x{shape.N}x{shape.K} {shape.Transpose}"));
        Assert.Equal([true, false, false, false, false], shapes.Select(shape => shape.Epilogue));
    }

    [Fact]
    public void Variants_are_ranked_by_an_epoch_of_steps_and_need_every_product()
    {
        BenchRow Row(string variant, double? seconds) => BaselineTests.Row(1) with
        {
            Variant = variant,
            MedianSeconds = seconds,
            Shape = new BenchShape(1, Batch: 64),
        };

        BenchRow[] rows =
        [
            Row("slow", 3e-3), Row("slow", 1e-3), Row("fast", 1e-3), Row("fast", 1e-3),
            Row("partial", 1e-6), Row("partial", null),
        ];
        var ranking = NetworkRanking.Rank(rows, [4, 2], 64);
        Assert.Equal(["fast", "slow"], ranking.Select(place => place.Variant));
        Assert.Equal(938 * 2e-3, ranking[0].MedianSeconds!.Value, 9);
        Assert.Equal(938 * 2e-3, ranking[0].SavesSeconds!.Value, 9);
        Assert.Equal(0, ranking[1].SavesSeconds);
    }

    [Theory]
    [InlineData(1.0, 1e-9, "gpu is faster than cpu at every batch size")]
    [InlineData(1e-9, 1.0, "up to batch 1024 cpu is faster than gpu")]
    public void Break_even_where_one_always_wins(double cpu, double gpu, string text) =>
        Assert.Equal(text, BreakEven.Find(_ => cpu, _ => gpu, [4, 2], "cpu", "gpu").Text);

    [Fact]
    public void Break_even_is_the_batch_from_which_the_gpu_stays_ahead() => Assert.Equal(
        (64, "gpu is faster than cpu from batch 64 on"),
        BreakEven.Find(shape => shape.Batch!.Value, _ => 20, [4, 2], "cpu", "gpu"));

    [Fact]
    public void A_batch_at_which_a_product_has_no_figure_is_left_out_of_the_break_even()
    {
        double? Cpu(BenchShape shape) => shape.Batch is 16 or 1024 ? null : shape.Batch;
        Assert.Equal(
            (64, "gpu is faster than cpu from batch 64 on (left out, because a product has no figure: batch 16, 1024)"),
            BreakEven.Find(Cpu, _ => 20, [4, 2], "cpu", "gpu"));
        Assert.Equal(
            (null, "up to batch 256 cpu is faster than gpu (left out, because a product has no figure: batch 16, 1024)"),
            BreakEven.Find(Cpu, _ => 1e9, [4, 2], "cpu", "gpu"));
        Assert.Equal(
            (null, "cpu and gpu cannot be compared: at every batch size a product has no figure"),
            BreakEven.Find(_ => null, _ => 1, [4, 2], "cpu", "gpu"));
    }
}
