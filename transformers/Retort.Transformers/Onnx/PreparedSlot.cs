namespace Retort;

/// <summary>How one number that a network reads follows from one place of one column.</summary>
internal abstract record PreparedSlot
{
    /// <summary>It is always the same.</summary>
    public sealed record Fixed(float Value) : PreparedSlot;

    /// <summary><c>(x - Zero) · Slope</c>, or <see cref="Missing"/> where x is NaN.</summary>
    public sealed record Line(RawColumn Column, int Place, float Zero, float Slope, float Missing) : PreparedSlot
    {
        public float At(float x) => float.IsNaN(x) ? Missing : Slope == 0 ? Zero : (x - Zero) * Slope;
    }

    /// <summary>A number for each known text, and one for all others.</summary>
    public sealed record Table(RawColumn Column, IReadOnlyDictionary<string, float> Known, float Other) : PreparedSlot;

    public float Of(IReadOnlyDictionary<RawColumn, object> row) => this switch
    {
        Fixed constant => constant.Value,
        Line line => line.At(line.Column.Number(row[line.Column], line.Place)),
        Table table => table.Known.GetValueOrDefault(row[table.Column].ToString()!, table.Other),
        _ => throw new NotSupportedException(),
    };
}
