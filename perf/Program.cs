using ScratchNet.Cli;
using ScratchNet.Perf;

return PerfCommandLine.Run(args, Terminal.OfProcess());
