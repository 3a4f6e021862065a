using Microsoft.ML;

namespace Retort;

/// <summary>What a teacher that is a network of ours reads of the rows that a dataset keeps, in step with them.</summary>
/// <remarks>As long as it reads the same as the student, nothing is kept twice.</remarks>
internal sealed class TeacherNetworkRows(TeacherScores scores, FittedNetwork network, RowBuffer<float> studentFeatures, RowBuffer<long> studentCategories, int[] studentCardinalities, long? count) : IDisposable
{
    private readonly float[] _features = new float[network.Features];
    private readonly long[] _categories = new long[network.Cardinalities.Count];
    private RowBuffer<float>? _ownFeatures;
    private RowBuffer<long>? _ownCategories;
    private RowsInStep? _rows;
    private FeatureReader? _reader;

    private bool IsSame { get; set; } = network.Features == studentFeatures.Width && network.Cardinalities.SequenceEqual(studentCardinalities);

    /// <summary>Reads from what the teacher's pipeline makes of a view.</summary>
    public void Attach(DataViewRow rows, IDataView data)
    {
        var chain = TeacherChain.Of(scores.Source.Model!, data.Schema)!;
        var prepared = chain.Prepare(data);
        var columns = new FeatureColumns(prepared.Schema, chain.Network.FeatureColumnName, chain.Network.CategoryColumnNames);
        if (columns.Width != network.Features)
            throw new ArgumentException($"The teacher's column '{chain.Network.FeatureColumnName}' must have {network.Features} values as in its training, but has {columns.Width}.");
        _rows?.Dispose();
        _rows = new RowsInStep(rows, prepared.GetRowCursor(columns.Needed.DistinctBy(column => column.Index)));
        _reader = columns.Reader(_rows.Row, network.Cardinalities);
    }

    public void MoveNext(long row) => _rows!.MoveNext(row);

    /// <summary>Keeps what the teacher reads of the row that the student's buffers end in.</summary>
    public void Keep()
    {
        _reader!.Read(_features, _categories);
        var row = studentFeatures.Rows - 1;
        if (IsSame && Same(studentFeatures[row], _features) && studentCategories[row].SequenceEqual(_categories))
            return;
        if (_ownFeatures is null)
            Part(row);
        _features.CopyTo(_ownFeatures!.Add());
        _categories.CopyTo(_ownCategories!.Add());
    }

    /// <summary>Whether the network lacks some of the student's classes, so that its logits cannot stand for them.</summary>
    public bool KnowsFewerClasses(int classes) => scores.ClassOf is { } classOf && classOf.Length < classes;

    public void Conclude(long rows) => _rows!.Conclude(rows);

    /// <summary>The network with its rows.</summary>
    /// <param name="features">The student's features.</param>
    /// <param name="categories">The student's categories.</param>
    public TeacherNetwork ToNetwork(TorchSharp.torch.Tensor features, TorchSharp.torch.Tensor? categories) => new()
    {
        Network = network,
        Features = _ownFeatures?.ToTensor() ?? features.alias().DetachFromDisposeScope(),
        Categories = network.Cardinalities.Count == 0 ? null : _ownCategories?.ToTensor() ?? categories!.alias().DetachFromDisposeScope(),
        ClassOf = scores.ClassOf,
        Weight = scores.Source.Weight,
        SeesSameFeatures = IsSame,
    };

    public void Dispose()
    {
        _rows?.Dispose();
        _ownFeatures?.Dispose();
        _ownCategories?.Dispose();
    }

    // from the first row that differs on; those before were the same
    private void Part(long rows)
    {
        (_ownFeatures, _ownCategories) = (new(network.Features, count), new(network.Cardinalities.Count, count));
        for (var row = 0L; IsSame && row < rows; row++)
        {
            studentFeatures[row].CopyTo(_ownFeatures.Add());
            studentCategories[row].CopyTo(_ownCategories.Add());
        }

        IsSame = false;
    }

    private static bool Same(ReadOnlySpan<float> one, ReadOnlySpan<float> other) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(one).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(other));
}
