using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Retort;

/// <summary>Reads one label a row in the type that the task asks for.</summary>
internal abstract class LabelReader
{
    /// <summary>How many classes the label can name; 1 for regression.</summary>
    public abstract int Classes { get; }

    /// <summary>What the classes are called, where the data says so.</summary>
    public abstract ClassValues? Values { get; }

    /// <exception cref="ArgumentException">The column's type does not fit the task.</exception>
    public static LabelReader Of(DataViewSchema.Column column, LearningTask task) => task switch
    {
        LearningTask.Binary when column.Type is BooleanDataViewType => new BooleanLabels(column),
        LearningTask.Binary => throw Columns.WrongType(column.Name, "be Boolean for binary classification", column.Type),
        LearningTask.Multiclass => new KeyLabels(column),
        _ when column.Type.Equals(NumberDataViewType.Single) => new NumberLabels(column),
        _ => throw Columns.WrongType(column.Name, "be Single for regression", column.Type),
    };

    /// <summary>Reads from these rows; <paramref name="known"/> are the classes of the data that came before, if any.</summary>
    public abstract void Attach(DataViewRow row, ClassValues? known);

    /// <summary>Keeps the label of the current row; false, and nothing kept, where it is missing.</summary>
    public abstract bool TryKeep(long row);

    /// <summary>Keeps that a row has no label: -1 or NaN.</summary>
    public abstract void KeepMissing();

    /// <exception cref="ArgumentException">The labels cannot be learned from.</exception>
    public abstract void Conclude();

    public abstract Tensor ToTensor();

    private abstract class ClassLabels(DataViewSchema.Column column, int classes) : LabelReader
    {
        private readonly RowBuffer<long> _labels = new(1);
        private long _first = -1, _known;
        private bool _several;

        public override int Classes => classes;

        protected DataViewSchema.Column Column => column;

        protected void Keep(long label)
        {
            _labels.Add()[0] = label;
            _known++;
            _several |= _first >= 0 && label != _first;
            _first = label;
        }

        public override void KeepMissing() => _labels.Add()[0] = -1;

        protected abstract string Name(long label);

        public override void Conclude()
        {
            if (!_several)
                throw new ArgumentException($"Column '{column.Name}' must have at least two classes, but all {_known} rows{(_known == _labels.Rows ? "" : " with a label")} are '{Name(_first)}'.");
        }

        public override Tensor ToTensor() => _labels.ToTensor(flat: true);
    }

    private sealed class BooleanLabels(DataViewSchema.Column column) : ClassLabels(column, 2)
    {
        private ValueGetter<bool> _get = null!;

        public override ClassValues? Values => null;

        public override void Attach(DataViewRow row, ClassValues? known) => _get = row.GetGetter<bool>(Column);

        public override bool TryKeep(long row)
        {
            var label = false;
            _get(ref label);
            Keep(label ? 1 : 0);
            return true;
        }

        protected override string Name(long label) => label == 1 ? "True" : "False";
    }

    private sealed class KeyLabels(DataViewSchema.Column column)
        : ClassLabels(column, Keys.Count(column, "be a key for multiclass classification (use MapValueToKey)"))
    {
        private Func<ulong> _get = null!;
        private int[]? _classOf;

        public override ClassValues? Values { get; } = ClassValues.Of(column, ScoreAnnotations.KeyValues);

        public override void Attach(DataViewRow row, ClassValues? known)
        {
            _get = Keys.Reader(row, Column);
            if (known is not null && Values is not null)
                _classOf = ClassMatch.Of(known.Names, Values.Names)
                    ?? throw new ArgumentException($"Column '{Column.Name}' of the validation data must have the classes of the training data ({ClassMatch.Say(known.Names)}), but has {ClassMatch.Say(Values.Names)}.");
        }

        public override bool TryKeep(long row)
        {
            var key = _get();
            if (key == 0 || key > (ulong)Classes)
                return false;
            Keep(_classOf is null ? (long)key - 1 : _classOf[key - 1]);
            return true;
        }

        protected override string Name(long label) => Values?.Names[(int)label] ?? (label + 1).ToString(CultureInfo.InvariantCulture);
    }

    private sealed class NumberLabels(DataViewSchema.Column column) : LabelReader
    {
        private readonly RowBuffer<float> _labels = new(1);
        private readonly Finite _finite = new(column.Name);
        private ValueGetter<float> _get = null!;

        public override int Classes => 1;

        public override ClassValues? Values => null;

        public override void Attach(DataViewRow row, ClassValues? known) => _get = row.GetGetter<float>(column);

        public override bool TryKeep(long row)
        {
            var label = 0f;
            _get(ref label);
            if (float.IsNaN(label)) // ML.NET's missing value
                return false;

            var kept = _labels.Add();
            kept[0] = label;
            _finite.Check(kept, row);
            return true;
        }

        public override void KeepMissing() => _labels.Add()[0] = float.NaN;

        public override void Conclude() => _finite.Conclude();

        public override Tensor ToTensor() => _labels.ToTensor(flat: true);
    }
}
