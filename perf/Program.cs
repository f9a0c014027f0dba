using System.CommandLine;
using ScratchNet.Perf;

var root = new RootCommand("Measures ScratchNet against its peers. Run it on a machine that does nothing else.")
{
    MatMulCpuSuite.Command(),
    ElementwiseSuite.Command(),
};
return root.Parse(args).Invoke();
