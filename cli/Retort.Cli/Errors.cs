using System.Reflection;

namespace Retort.Cli;

/// <summary>What a person is told of an exception: one sentence.</summary>
internal static class Errors
{
    public static string Sentence(this Exception exception)
    {
        var cause = exception;
        while (cause is AggregateException or TargetInvocationException && cause.InnerException is not null)
            cause = cause.InnerException;

        var text = cause.Message.ReplaceLineEndings("\n").Split('\n')[0];
        if (cause is ArgumentException { ParamName: { } name }) // .NET appends it
            text = text.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal);
        return text.Length == 0 ? $"{cause.GetType().Name} without a message." : text;
    }

    /// <summary>The exception and what caused it, outermost first.</summary>
    public static IEnumerable<Exception> Chain(this Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
            yield return e;
    }
}
