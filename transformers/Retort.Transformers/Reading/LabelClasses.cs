using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Reads a row's label as the number, from 0, of one of a model's classes.</summary>
internal sealed class LabelClasses
{
    /// <summary>The row has no label.</summary>
    public const int Missing = -1;

    /// <summary>The model does not know the label's class.</summary>
    public const int Unknown = -2;

    private readonly DataViewSchema.Column _column;
    private readonly int[]? _classOf;

    /// <exception cref="ArgumentException">The column is missing, has another type, or has not as many classes as the model where one of them has no names.</exception>
    public LabelClasses(DataViewSchema schema, string name, LearningTask task, ScoreInput model, Action<string> warn)
    {
        _column = schema.Find(name);
        if (task == LearningTask.Binary)
        {
            if (_column.Type is not BooleanDataViewType)
                throw Columns.WrongType(name, "be Boolean for binary classification", _column.Type);
            return;
        }

        var count = Keys.Count(_column, "be a key for multiclass classification (use MapValueToKey)");
        Values = ClassValues.Of(_column, ScoreAnnotations.KeyValues);
        if (model.Values is not null && Values is not null)
        {
            var places = model.Values.Names.Select((value, place) => (value, place)).DistinctBy(pair => pair.value).ToDictionary(pair => pair.value, pair => pair.place);
            _classOf = [.. Values.Names.Select(value => places.GetValueOrDefault(value, Unknown))];
            return;
        }

        if (count != model.Classes)
            throw new ArgumentException($"Column '{model.Column.Name}' must have a score for each of the label's {count} classes, but has {model.Classes}.");
        _classOf = [.. Enumerable.Range(0, count)];
        if (count > 0 && (model.Values ?? Values) is not null)
            warn($"The classes of column '{(model.Values is null ? model.Column.Name : name)}' have no names; they are taken in the order of those of column '{(model.Values is null ? name : model.Column.Name)}'.");
    }

    /// <summary>What the label's own classes are called, where the data says so.</summary>
    public ClassValues? Values { get; }

    public DataViewSchema.Column Column => _column;

    /// <summary>Gives the class of the current row, <see cref="Missing"/> or <see cref="Unknown"/>.</summary>
    /// <param name="row">The row.</param>
    /// <param name="unknown">Hears the name of each class that the model does not know.</param>
    public Func<int> Reader(DataViewRow row, Action<string> unknown)
    {
        if (_classOf is null)
        {
            var get = row.GetGetter<bool>(_column);
            return () =>
            {
                var label = false;
                get(ref label);
                return label ? 1 : 0;
            };
        }

        var key = Keys.Reader(row, _column);
        return () =>
        {
            var label = key();
            if (label == 0 || label > (ulong)_classOf.Length)
                return Missing;
            var place = _classOf[label - 1];
            if (place == Unknown)
                unknown(Values!.Names[(int)label - 1]);
            return place;
        };
    }
}
