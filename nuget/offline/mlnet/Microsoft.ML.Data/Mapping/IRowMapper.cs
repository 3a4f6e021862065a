namespace Microsoft.ML.Data;

/// The columns that a transformer computes, as the original asks a transformer of another assembly for them.
/// A transformer written against it runs on the original.
internal interface IRowMapper : ICanSaveModel
{
    /// Which input columns the active outputs read.
    Func<int, bool> GetDependencies(Func<int, bool> activeOutput);

    /// Getters for the active outputs, null for the others; the disposer, if any, is called when the row stream ends.
    Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action disposer);

    DataViewSchema.DetachedColumn[] GetOutputColumns();

    ITransformer GetTransformer();
}
