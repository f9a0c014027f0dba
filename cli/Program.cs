using ScratchNet.Cli;

return CommandLine.Run(args, Terminal.OfProcess());
