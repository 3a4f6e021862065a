namespace Retort.Cli;

/// <summary>The user ended the command, and something is left that the message tells of.</summary>
internal sealed class CancelledException(string message, Exception? cause = null) : OperationCanceledException(message, cause);
