using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A column that a network adds, and how its value follows from a row's outputs.</summary>
internal sealed record ScoreColumn(string Name, DataViewType Type, DataViewSchema.Annotations Annotations, Func<ScoreSource, Delegate> Getter)
{
    public static ScoreColumn Of<T>(string name, DataViewType type, DataViewSchema.Annotations.Builder annotations, Func<ScoreSource, ValueGetter<T>> getter) =>
        new(name, type, annotations.ToAnnotations(), getter);
}
