return await Builder.Cli.CommandLine.RunAsync(args);
