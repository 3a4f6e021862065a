namespace Microsoft.ML.Data;

public sealed partial class TextLoader
{
    /// <summary>A column and the fields that fill it.</summary>
    public sealed class Column
    {
        public string Name;
        public Range[] Source;
        public KeyCount KeyCount;

        public Column() { }

        public Column(string name, DataKind dataKind, int index) : this(name, dataKind, [new Range(index)]) { }

        public Column(string name, DataKind dataKind, int minIndex, int maxIndex) : this(name, dataKind, [new Range(minIndex, maxIndex)]) { }

        public Column(string name, DataKind dataKind, Range[] source, KeyCount keyCount = null)
        {
            ArgumentNullException.ThrowIfNull(name);
            ArgumentNullException.ThrowIfNull(source);
            (Name, DataKind, Source, KeyCount) = (name, dataKind, source, keyCount);
        }

        public DataKind DataKind { get; set; } = DataKind.Single;
    }

    /// <summary>Fields from Min to Max, both included.</summary>
    public sealed class Range
    {
        public int Min;
        public int? Max;
        public bool AutoEnd, VariableEnd, AllOther, ForceVector;

        public Range() { }

        public Range(int index)
        {
            if (index < 0) throw new ArgumentOutOfRangeException(nameof(index), "Must be non-negative");
            (Min, Max) = (index, index);
        }

        public Range(int min, int? max)
        {
            if (min < 0) throw new ArgumentOutOfRangeException(nameof(min), "Must be non-negative");
            if (max < min) throw new ArgumentOutOfRangeException(nameof(max), "If specified, must be greater than or equal to min");
            (Min, Max, AutoEnd, ForceVector) = (min, max, max == null, true);
        }
    }

    public class Options
    {
        public bool AllowQuoting;
        public bool AllowSparse;
        public int? InputSize;
        public char[] Separators = ['\t'];
        public char DecimalMarker = '.';
        public Column[] Columns;
        public bool TrimWhitespace;
        public bool HasHeader;
        public bool UseThreads = true;
        public bool ReadMultilines;
        public string HeaderFile;
        public long? MaxRows;
        public char EscapeChar = '"';
        public bool MissingRealsAsNaNs;

        internal Options Copy() => (Options)MemberwiseClone();
    }
}
