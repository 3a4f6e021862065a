namespace Retort.Cli;

/// <summary>The command line asks for something that cannot be, whatever the data are: exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
