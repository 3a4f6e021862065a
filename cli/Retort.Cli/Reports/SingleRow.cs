using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Cli.Reports;

/// <summary>How long one row takes through ML.NET's <c>PredictionEngine</c>, whose input type is made for the columns at hand.</summary>
internal static class SingleRow
{
    private const int Calls = 2_000, WarmUp = 500;
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(0.5);

    /// <summary>Median and 99th percentile, in microseconds; null where a column is of a type that no field has.</summary>
    public static (double Median, double Tail)? Microseconds(MLContext ml, ITransformer model, DataViewSchema input, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var types = columns.Select(column => column.Type is TextDataViewType ? typeof(string) : column.Type is NumberDataViewType or BooleanDataViewType ? column.Type.RawType : null).ToArray();
        if (types.Contains(null))
            return null;
        var builder = AssemblyBuilder.DefineDynamicAssembly(new("Retort.Cli.Rows"), AssemblyBuilderAccess.Run).DefineDynamicModule("Rows").DefineType("Row", TypeAttributes.Public | TypeAttributes.Class);
        foreach (var (type, i) in types.Select((type, i) => (type, i)))
            builder.DefineField($"Column{i}", type!, FieldAttributes.Public);
        var row = builder.CreateType();
        var isVector = model.GetOutputSchema(input)["Score"].Type is VectorDataViewType;
        return ((double, double))typeof(SingleRow).GetMethod(nameof(Measure), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(row, isVector ? typeof(VectorAnswer) : typeof(Answer)).Invoke(null, [ml, model, columns])!;
    }

    private static (double, double) Measure<TRow, TAnswer>(MLContext ml, ITransformer model, IReadOnlyList<DataViewSchema.Column> columns)
        where TRow : class, new()
        where TAnswer : class, new()
    {
        var definition = SchemaDefinition.Create(typeof(TRow));
        for (var i = 0; i < columns.Count; i++)
            definition[$"Column{i}"].ColumnName = columns[i].Name;
        var engine = ml.Model.CreatePredictionEngine<TRow, TAnswer>(model, inputSchemaDefinition: definition); // not disposed: it would dispose the model
        var (input, answer) = (new TRow(), new TAnswer());
        foreach (var field in typeof(TRow).GetFields().Where(field => field.FieldType == typeof(string)))
            field.SetValue(input, "");
        var (times, whole) = (new List<double>(), Stopwatch.StartNew());
        for (var call = 0; call < WarmUp + Calls && (whole.Elapsed < s_most || call < 20); call++)
        {
            var start = Stopwatch.GetTimestamp();
            engine.Predict(input, ref answer);
            if (call >= WarmUp || whole.Elapsed > s_most / 2)
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        times.Sort();
        return times.Count == 0 ? (double.NaN, double.NaN) : (times[times.Count / 2], times[(int)(times.Count * 0.99)]);
    }

    // what is not asked for is not computed
    private sealed class Answer
    {
        public float Score = 0;
    }

    private sealed class VectorAnswer
    {
        public float[] Score = [];
    }
}
