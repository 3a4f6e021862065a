namespace Microsoft.ML.Runtime;

/// The exceptions of this library, with or without the context that raises them. They are marked, so that the loader knows them.
internal static class Contracts
{
    private const string Marked = "ML_IsMarked";

    public static bool IsMarked(this Exception ex) => ex.Data.Contains(Marked);

    public static TException Mark<TException>(TException ex) where TException : Exception
    {
        ex.Data[Marked] = true;
        return ex;
    }

    public static Exception Except(string msg) => Mark(new InvalidOperationException(msg));
    public static Exception Except(string msg, params object[] args) => Mark(new InvalidOperationException(string.Format(msg, args)));
    public static Exception Except(Exception inner, string msg) => Mark(new InvalidOperationException(msg, inner));
    public static Exception Except(this IExceptionContext ctx, string msg) => Process(new InvalidOperationException(msg), ctx);
    public static Exception Except(this IExceptionContext ctx, string msg, params object[] args) => Process(new InvalidOperationException(string.Format(msg, args)), ctx);
    public static Exception Except(this IExceptionContext ctx, Exception inner, string msg) => Process(new InvalidOperationException(msg, inner), ctx);

    public static Exception ExceptParam(string paramName, string msg) => Mark(new ArgumentOutOfRangeException(paramName, msg));
    public static Exception ExceptParam(this IExceptionContext ctx, string paramName, string msg) => Process(new ArgumentOutOfRangeException(paramName, msg), ctx);
    public static Exception ExceptUserArg(string name, string msg) => Mark(new ArgumentOutOfRangeException(name, msg));
    public static Exception ExceptUserArg(this IExceptionContext ctx, string name, string msg) => Process(new ArgumentOutOfRangeException(name, msg), ctx);
    public static Exception ExceptValue(string paramName) => Mark(new ArgumentNullException(paramName));
    public static Exception ExceptEmpty(string paramName, string msg = null) => Mark(new ArgumentOutOfRangeException(paramName, msg ?? $"{paramName} cannot be null or empty"));
    public static Exception ExceptIO(Exception inner, string msg) => Mark(new IOException(msg, inner));
    public static Exception ExceptDecode(string msg) => Mark(new FormatException(msg));
    public static Exception ExceptDecode(this IExceptionContext ctx, string msg) => Process(new FormatException(msg), ctx);
    public static Exception ExceptDecode(Exception inner, string msg) => Mark(new FormatException(msg, inner));
    public static Exception ExceptNotImpl(string msg) => Mark(new NotImplementedException(msg));
    public static Exception ExceptNotSupp(string msg) => Mark(new NotSupportedException(msg));
    public static Exception ExceptNotSupp(this IExceptionContext ctx, string msg) => Process(new NotSupportedException(msg), ctx);

    public static Exception ExceptSchemaMismatch(string paramName, string columnRole, string columnName) =>
        Mark(new ArgumentOutOfRangeException(paramName, $"Could not find {columnRole} column '{columnName}'"));
    public static Exception ExceptSchemaMismatch(string paramName, string columnRole, string columnName, string expectedType, string actualType) =>
        Mark(new ArgumentOutOfRangeException(paramName, $"Schema mismatch for {columnRole} column '{columnName}': expected {expectedType}, got {actualType}"));
    public static Exception ExceptSchemaMismatch(this IExceptionContext ctx, string paramName, string columnRole, string columnName) =>
        Process(ExceptSchemaMismatch(paramName, columnRole, columnName), ctx);
    public static Exception ExceptSchemaMismatch(this IExceptionContext ctx, string paramName, string columnRole, string columnName, string expectedType, string actualType) =>
        Process(ExceptSchemaMismatch(paramName, columnRole, columnName, expectedType, actualType), ctx);

    public static void Check(bool f, string msg = "Unexpected failed check") { if (!f) throw Except(msg); }
    public static void Check(this IExceptionContext ctx, bool f, string msg = "Unexpected failed check") { if (!f) throw ctx.Except(msg); }
    public static void CheckValue<T>(T val, string paramName) where T : class { if (val == null) throw ExceptValue(paramName); }
    public static void CheckValue<T>(this IExceptionContext ctx, T val, string paramName) where T : class { if (val == null) throw Process(ExceptValue(paramName), ctx); }
    public static void CheckValueOrNull<T>(T val) where T : class { }
    public static void CheckValueOrNull<T>(this IExceptionContext ctx, T val) where T : class { }
    public static IHostEnvironment Valid(IHostEnvironment env) => env ?? throw ExceptValue(nameof(env));
    public static void CheckParam(bool f, string paramName, string msg) { if (!f) throw ExceptParam(paramName, msg); }
    public static void CheckParam(this IExceptionContext ctx, bool f, string paramName, string msg) { if (!f) throw ctx.ExceptParam(paramName, msg); }
    public static void CheckUserArg(bool f, string name, string msg) { if (!f) throw ExceptUserArg(name, msg); }
    public static void CheckUserArg(this IExceptionContext ctx, bool f, string name, string msg) { if (!f) throw ctx.ExceptUserArg(name, msg); }
    public static void CheckDecode(bool f, string msg = "Corrupt model file") { if (!f) throw ExceptDecode(msg); }
    public static void CheckDecode(this IExceptionContext ctx, bool f, string msg = "Corrupt model file") { if (!f) throw ctx.ExceptDecode(msg); }
    public static void CheckNonEmpty(string s, string paramName) { if (string.IsNullOrEmpty(s)) throw ExceptEmpty(paramName); }
    public static void CheckNonEmpty(this IExceptionContext ctx, string s, string paramName) => CheckNonEmpty(s, paramName);
    public static void CheckNonWhiteSpace(string s, string paramName) { if (string.IsNullOrWhiteSpace(s)) throw ExceptEmpty(paramName, $"{paramName} cannot be null or white space"); }
    public static void CheckNonWhiteSpace(this IExceptionContext ctx, string s, string paramName) => CheckNonWhiteSpace(s, paramName);
    public static void CheckNonEmpty<T>(ICollection<T> args, string paramName) { if (args == null || args.Count == 0) throw ExceptEmpty(paramName); }
    public static void CheckNonEmpty<T>(this IExceptionContext ctx, ICollection<T> args, string paramName) => CheckNonEmpty(args, paramName);

    /// Throws where the environment's work was cancelled.
    public static void CheckAlive(this IHostEnvironment env)
    {
        if (env is ICancelable { IsCanceled: true }) throw Process(new OperationCanceledException("Operation was canceled."), env);
    }

    private static Exception Process(Exception ex, IExceptionContext ctx) => ctx == null ? Mark(ex) : ctx.Process(Mark(ex));
}
