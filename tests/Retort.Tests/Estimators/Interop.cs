using System.Reflection;
using Microsoft.ML;

namespace Retort.Tests;

/// <summary>The few internals of ML.NET that tests need.</summary>
internal static class Interop
{
    private const BindingFlags Closed = BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic;

    public static SchemaShape Shape(DataViewSchema schema) =>
        (SchemaShape)typeof(SchemaShape).GetMethod("Create", Closed)!.Invoke(null, [schema])!;

    /// <summary>What AutoML does at the end of a trial's time.</summary>
    public static void Cancel(MLContext ml) => typeof(MLContext).GetMethod("CancelExecution", Closed)!.Invoke(ml, null);
}
