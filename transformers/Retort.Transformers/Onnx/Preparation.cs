using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>What the fitted steps before a network make of a row, found by asking them.</summary>
/// <remarks>
/// ML.NET's steps keep to themselves what they learned. So each column is changed alone, and what the network would read is watched: numbers must follow a straight line (missing values replaced, scaled, joined), texts a table (keys, one number a category).
/// Steps that mix columns or bend numbers are refused by name. In the end everything is held against the steps once more, on rows drawn at random and on those of the data.
/// </remarks>
internal sealed class Preparation
{
    private const int MostSampled = 1000, Checked = 64;
    private const string Unknown = "\u0001 none of them";
    private static readonly float[] Reaches = [1, 1e3f, 1e6f, 1e9f];

    private readonly ModelChain _chain;
    private readonly DataViewSchema _schema;
    private readonly object[] _nothing;
    private readonly RawColumn[] _raw;

    private Preparation(ModelChain chain, IDataView data)
    {
        (_chain, _schema) = (chain, data.Schema);
        _raw = [.. _schema.Where(column => !column.IsHidden).Select(RawColumn.Of).OfType<RawColumn>()];
        _nothing = [.. _schema.Select(column => RawColumn.Of(column)?.Nothing ?? Default(column.Type))];
        var (features, categories, texts) = (new PreparedSlot[chain.Network.Fitted.Features], new PreparedSlot?[chain.Network.CategoryColumnNames.Count], Texts(data));
        var start = Run([_nothing])[0];
        for (var i = 0; i < features.Length; i++)
            features[i] = new PreparedSlot.Fixed(start[i]);
        foreach (var column in _raw)
            if (column.IsText)
                Tabulate(column, texts, start, features, categories);
            else if (column.IsKey)
                Follow(column, start, categories);
            else
                for (var place = 0; place < column.Width; place++)
                    Fit(column, place, start, features, categories);
        (Features, Categories) = (features, [.. categories.Select((slot, i) => slot ?? new PreparedSlot.Fixed(start[features.Length + i]))]);
        Check(data, texts);
    }

    /// <summary>The numbers that the network reads.</summary>
    public IReadOnlyList<PreparedSlot> Features { get; }

    /// <summary>Its categories, as numbers from 1, 0 for none.</summary>
    public IReadOnlyList<PreparedSlot> Categories { get; }

    /// <summary>The columns that any of them follow from.</summary>
    public IEnumerable<RawColumn> Columns => _raw.Where(column => Features.Concat(Categories).Any(slot => ColumnOf(slot) == column));

    /// <summary>Asks the steps before a network.</summary>
    /// <param name="chain">The model.</param>
    /// <param name="data">Data as the model scores; some of its rows are read.</param>
    /// <exception cref="NotSupportedException">A step does more than lines and tables.</exception>
    public static Preparation Of(ModelChain chain, IDataView data) => new(chain, data);

    private static RawColumn? ColumnOf(PreparedSlot slot) => slot switch { PreparedSlot.Line line => line.Column, PreparedSlot.Table table => table.Column, _ => null };

    private static object Default(DataViewType type) => type.RawType.IsValueType ? Activator.CreateInstance(type.RawType)! : new object();

    /// <summary>The features and then the categories that the network would read of each row.</summary>
    private float[][] Run(IReadOnlyList<object[]> rows) => Read(new ProbeRows(_schema, rows), rows.Count);

    private float[][] Read(IDataView data, int most)
    {
        var prepared = _chain.Prepare(data);
        var network = _chain.Network;
        DataViewSchema.Column[] categories = [.. network.CategoryColumnNames.Select(name => prepared.Schema[name])];
        var features = network.Fitted.Features > 0 ? prepared.Schema[network.FeatureColumnName] : (DataViewSchema.Column?)null;
        using var cursor = prepared.GetRowCursor(features is { } needed ? [needed, .. categories] : categories);
        var get = features is { } own ? cursor.GetGetter<VBuffer<float>>(own) : null;
        var keys = categories.Select(column => cursor.GetGetter<uint>(column)).ToArray();
        var (read, vector, key) = (new List<float[]>(), default(VBuffer<float>), 0u);
        while (read.Count < most && cursor.MoveNext())
        {
            var row = new float[network.Fitted.Features + keys.Length];
            get?.Invoke(ref vector);
            vector.CopyTo(row);
            for (var i = 0; i < keys.Length; i++)
            {
                keys[i](ref key);
                row[network.Fitted.Features + i] = key;
            }

            read.Add(row);
        }

        return [.. read];
    }

    private object[] With(RawColumn column, object value)
    {
        object[] row = [.. _nothing];
        row[column.Column.Index] = value;
        return row;
    }

    /// <summary>All texts that a step may know: those it tells of, and those in the first rows.</summary>
    private string[] Texts(IDataView data)
    {
        var texts = new HashSet<string> { "" };
        foreach (var column in _chain.Prepare(new ProbeRows(_schema, [_nothing])).Schema)
            foreach (var kind in (string[])[ScoreAnnotations.KeyValues, ScoreAnnotations.SlotNames])
                if (column.Annotations.Schema.GetColumnOrNull(kind)?.Type is VectorDataViewType { ItemType: TextDataViewType })
                {
                    var names = default(VBuffer<ReadOnlyMemory<char>>);
                    column.Annotations.GetValue(kind, ref names);
                    texts.UnionWith(names.DenseValues().Select(name => name.ToString()));
                }

        foreach (var column in _raw.Where(column => column.IsText))
        {
            using var cursor = data.GetRowCursor([column.Column]);
            var (get, text) = (cursor.GetGetter<ReadOnlyMemory<char>>(column.Column), default(ReadOnlyMemory<char>));
            for (var row = 0; row < MostSampled && cursor.MoveNext(); row++)
            {
                get(ref text);
                texts.Add(text.ToString());
            }
        }

        return [.. texts];
    }

    private void Tabulate(RawColumn column, string[] texts, float[] start, PreparedSlot[] features, PreparedSlot?[] categories)
    {
        var found = Run([.. texts.Append(Unknown).Append(texts[^1] + " " + texts[0] + Unknown).Select(text => With(column, text.AsMemory()))]);
        var other = found[^2];
        for (var slot = 0; slot < start.Length; slot++)
        {
            if (found.All(row => row[slot].Equals(start[slot])))
                continue;
            if (!found[^1][slot].Equals(other[slot]))
                throw Refused(column, "its texts are taken apart");
            Put(slot, column, new PreparedSlot.Table(column, texts.Select((text, i) => (text, found[i][slot])).Where(pair => !pair.Item2.Equals(other[slot])).ToDictionary(pair => pair.text, pair => pair.Item2), other[slot]), features, categories);
        }
    }

    /// <summary>A key is read as it is, or not at all.</summary>
    private void Follow(RawColumn column, float[] start, PreparedSlot?[] categories)
    {
        var found = Run([With(column, 1u), With(column, 2u)]);
        for (var slot = 0; slot < start.Length; slot++)
        {
            if (found[0][slot].Equals(start[slot]) && found[1][slot].Equals(start[slot]))
                continue;
            if (slot < start.Length - categories.Length || (start[slot], found[0][slot], found[1][slot]) != (0, 1, 2))
                throw Refused(column, "its keys become something else");
            Put(slot, column, new PreparedSlot.Line(column, 0, 0, 1, 0), [], categories, start.Length - categories.Length);
        }
    }

    private void Fit(RawColumn column, int place, float[] start, PreparedSlot[] features, PreparedSlot?[] categories)
    {
        float[] asked = [float.NaN, 0, .. Reaches.SelectMany(reach => (float[])[reach, -reach])];
        var values = asked.Select(number => column.With(place, number)).ToArray();
        var found = Run([.. values.OfType<object>().Select(value => With(column, value))]);
        var answers = asked.Where((_, i) => values[i] is not null).Zip(found).ToDictionary(pair => pair.First, pair => pair.Second);
        for (var slot = 0; slot < start.Length; slot++)
        {
            if (found.All(row => row[slot].Equals(start[slot])))
                continue;
            if (slot >= features.Length)
                throw Refused(column, "its numbers become keys");
            Put(slot, column, Line(column, place, slot, answers), features, categories);
        }
    }

    private PreparedSlot.Line Line(RawColumn column, int place, int slot, Dictionary<float, float[]> answers)
    {
        var missing = answers.TryGetValue(float.NaN, out var none) ? none[slot] : float.NaN;
        var bases = answers[0][slot];
        if (answers.Where(pair => !float.IsNaN(pair.Key)).All(pair => pair.Value[slot].Equals(bases)))
            return new(column, place, bases, 0, missing);
        if (!answers.ContainsKey(-1)) // 0 and 1 alone, or no number below 0
            return Through(bases, answers[1][slot] - bases);

        // where the slope outweighs the offset, both are seen; then ever nearer to the zero
        var reach = Reaches.Where(answers.ContainsKey).FirstOrDefault(reach => Math.Abs(answers[reach][slot] - answers[-reach][slot]) >= Math.Abs(answers[reach][slot] + answers[-reach][slot]), Reaches.Last(answers.ContainsKey));
        var slope = ((double)answers[reach][slot] - answers[-reach][slot]) / (2.0 * reach);
        var zero = -((double)answers[reach][slot] + answers[-reach][slot]) / 2 / slope;
        if (column.Nothing is not (float or double or VBuffer<float>))
            return Through((float)(-zero * slope), (float)slope);
        for (var step = 0; step < 3 && double.IsFinite(zero); step++)
        {
            var (low, high) = ((float)(zero - 1 / Math.Abs(slope)), (float)(zero + 1 / Math.Abs(slope)));
            var around = Run([With(column, column.With(place, low)!), With(column, column.With(place, high)!)]);
            if (!(high > low))
                break;
            slope = ((double)around[1][slot] - around[0][slot]) / ((double)high - low);
            zero = low - around[0][slot] / slope;
        }

        if (!double.IsFinite(zero) || !double.IsFinite(slope))
            throw Refused(column, "its numbers do not follow a line");
        return new(column, place, (float)zero, (float)slope, missing);

        PreparedSlot.Line Through(float offset, float rise) => new(column, place, -offset / rise, rise, missing);
    }

    private static void Put(int slot, RawColumn column, PreparedSlot found, PreparedSlot[] features, PreparedSlot?[] categories, int? first = null)
    {
        var before = slot < features.Length ? ColumnOf(features[slot]) : ColumnOf(categories[slot - (first ?? features.Length)]!);
        if (before is not null)
            throw Refused(column, $"it is mixed with column '{before.Column.Name}' or with another of its own numbers");
        if (slot < features.Length)
            features[slot] = found;
        else
            categories[slot - (first ?? features.Length)] = found;
    }

    /// <summary>Everything once more, on rows drawn at random and on those of the data.</summary>
    private void Check(IDataView data, string[] texts)
    {
        var random = new Generator(1);
        var lines = Features.OfType<PreparedSlot.Line>().ToLookup(line => (line.Column, line.Place));
        var drawn = new List<object[]>();
        for (var i = 0; i < Checked; i++)
        {
            object[] row = [.. _nothing];
            foreach (var column in _raw.Where(column => !column.IsKey))
                row[column.Column.Index] = column.IsText ? texts[(int)random.Below(texts.Length)].AsMemory() : Draw(column);
            drawn.Add(row);
        }

        Compare(Run(drawn), drawn);
        var rows = Sample(data);
        Compare(Read(data, rows.Count), rows);

        object Draw(RawColumn column)
        {
            var numbers = new float[column.Width];
            for (var place = 0; place < numbers.Length; place++)
                numbers[place] = lines[(column, place)].FirstOrDefault() is { Slope: not 0 } line ? (float)(line.Zero + 3 * random.Normal() / line.Slope) : (float)random.Normal();
            if (column.Nothing is VBuffer<float>)
                return new VBuffer<float>(column.Width, numbers);
            return column.With(0, numbers[0]) ?? column.With(0, MathF.Round(Math.Clamp(numbers[0], -30000, 30000))) ?? column.Nothing;
        }

        void Compare(float[][] found, IReadOnlyList<object[]> given)
        {
            for (var row = 0; row < given.Count; row++)
            {
                var values = _raw.ToDictionary(column => column, column => given[row][column.Column.Index]);
                foreach (var (slot, i) in Features.Concat(Categories).Select((slot, i) => (slot, i)))
                    if (slot.Of(values) is var own && !(Math.Abs(own - found[row][i]) <= 1e-4 * Math.Max(1, Math.Abs(found[row][i]))) && !(float.IsNaN(own) && float.IsNaN(found[row][i])))
                        throw new NotSupportedException($"The steps before the network must be lines and tables of one column each to be written as ONNX, but number {i} of what the network reads is {Retort.Check.Text(found[row][i])} instead of {Retort.Check.Text(own)}{(ColumnOf(slot) is { } column ? $" where column '{column.Column.Name}' is '{values[column]}'" : "")}.");
            }
        }
    }

    private List<object[]> Sample(IDataView data)
    {
        using var cursor = data.GetRowCursor(_raw.Select(column => column.Column));
        var read = _raw.Select(column => Reader(cursor, column)).ToArray();
        var rows = new List<object[]>();
        while (rows.Count < MostSampled && cursor.MoveNext())
        {
            object[] row = [.. _nothing];
            for (var i = 0; i < read.Length; i++)
                row[_raw[i].Column.Index] = read[i]();
            rows.Add(row);
        }

        return rows;
    }

    private static Func<object> Reader(DataViewRow row, RawColumn column)
    {
        return column.Nothing switch
        {
            VBuffer<float> => () => Get<VBuffer<float>>(),
            float => () => Get<float>(),
            double => () => Get<double>(),
            bool => () => Get<bool>(),
            int => () => Get<int>(),
            long => () => Get<long>(),
            short => () => Get<short>(),
            byte => () => Get<byte>(),
            uint => () => Get<uint>(),
            _ => () => Get<ReadOnlyMemory<char>>(),
        };

        object Get<T>()
        {
            var value = default(T)!;
            row.GetGetter<T>(column.Column)(ref value);
            return value!;
        }
    }

    private static NotSupportedException Refused(RawColumn column, string why) => new($"Column '{column.Column.Name}' must reach the network by lines and tables to be written as ONNX, but {why} on the way.");
}
