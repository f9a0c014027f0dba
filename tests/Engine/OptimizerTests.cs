using ScratchNet.Engine;
using Xunit;

namespace ScratchNet.Tests.Engine;

public class OptimizerTests
{
    [Fact]
    public void What_is_out_of_range_is_refused_when_an_optimizer_is_made()
    {
        foreach (var share in new[] { -0.1f, 1f, float.NaN })
        {
            Refused("beta1", () => new Adam(beta1: share));
            Refused("beta2", () => new AdamW(beta2: share));
            Refused("momentum", () => new Sgd(momentum: share));
        }

        foreach (var epsilon in new[] { 0f, -1e-8f, float.NaN, float.PositiveInfinity })
        {
            Refused("epsilon", () => new Adam(epsilon: epsilon));
        }

        new Adam(beta1: 0, beta2: 0, epsilon: float.Epsilon).Dispose();
        new Sgd(momentum: 0).Dispose();
    }

    private static void Refused(string name, Func<Optimizer> make) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(make).ParamName);
}
