using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>The input's rows under the output's schema, where no score is wanted.</summary>
internal sealed class UnscoredCursor(ScoreBinding binding, bool[] active, DataViewRowCursor source) : DataViewRowCursor
{
    public override DataViewSchema Schema => binding.Output;

    public override long Position => source.Position;

    public override long Batch => source.Batch;

    public override bool MoveNext() => source.MoveNext();

    public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        active[column.Index] ? source.GetGetter<TValue>(binding.Input[column.Index]) : throw Getters.Inactive(column);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
