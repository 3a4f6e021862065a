namespace Retort;

/// <summary>The rows of one step, copied from the dataset into memory that is kept from step to step.</summary>
/// <remarks>Its tensors belong to the scope that it is made in.</remarks>
internal sealed class BatchMemory
{
    private readonly TaskData _data;
    private readonly int _members, _features, _columns;
    private readonly bool _isLarge;
    private readonly Tensor _numbers, _categories;
    private readonly long[] _classes, _names;
    private readonly float[] _values, _weights, _labelWeights, _teacher;
    private readonly int _teacherWidth;
    private int _rows;

    /// <param name="data">Where the rows are.</param>
    /// <param name="batchSize">How many rows a step has at most.</param>
    /// <param name="members">How many outputs there are for a row.</param>
    /// <param name="largest">How many bytes of features or categories one span reaches; beyond, libtorch takes the rows.</param>
    public BatchMemory(TaskData data, int batchSize, int members, long largest = int.MaxValue)
    {
        (_data, _members) = (data, members);
        (_features, _columns) = ((int)data.Data.Features.shape[1], data.Data.Cardinalities.Length);
        _numbers = zeros(batchSize, _features, dtype: float32, device: CPU);
        _categories = zeros(batchSize, _columns, dtype: int64, device: CPU);
        _isLarge = Math.Max(data.Data.Features.numel() * sizeof(float), (data.Data.Categories?.numel() ?? 0) * sizeof(long)) > largest;
        var isReal = data.Labels.dtype == float32;
        (_classes, _values) = (new long[isReal ? 0 : batchSize], new float[isReal ? batchSize : 0]);
        _weights = new float[data.Weights is null ? 0 : batchSize];
        _names = new long[batchSize];
        _labelWeights = new float[data.LabelWeights is null ? 0 : batchSize];
        _teacherWidth = data.Teacher is null ? 0 : (int)data.Teacher.shape[1];
        _teacher = new float[batchSize * _teacherWidth];
    }

    public Tensor Features => _rows == _numbers.shape[0] ? _numbers : _numbers.narrow(0, 0, _rows);

    public Tensor? Categories => _columns == 0 ? null : _rows == _categories.shape[0] ? _categories : _categories.narrow(0, 0, _rows);

    /// <summary>Copies the rows with these numbers.</summary>
    public void Take(ReadOnlySpan<long> rows)
    {
        _rows = rows.Length;
        rows.CopyTo(_names);
        var places = _data.Data.Places is null ? default : Memory.Of<long>(_data.Data.Places);
        if (_isLarge)
            TakeLarge(rows);
        if (_features > 0 && !_isLarge)
            Gather(Memory.Of<float>(_data.Data.Features), _features, rows, places, Memory.Of<float>(_numbers));
        if (_columns > 0 && !_isLarge)
            Gather(Memory.Of<long>(_data.Data.Categories!), _columns, rows, places, Memory.Of<long>(_categories));
        if (_classes.Length > 0)
            Gather(Memory.Of<long>(_data.Labels), 1, rows, default, _classes);
        else
            Gather(Memory.Of<float>(_data.Labels), 1, rows, default, _values);
        if (_weights.Length > 0)
            Gather(Memory.Of<float>(_data.Weights!), 1, rows, default, _weights);
        if (_labelWeights.Length > 0)
            Gather(Memory.Of<float>(_data.LabelWeights!), 1, rows, default, _labelWeights);
        if (_teacher.Length > 0)
            Gather(Memory.Of<float>(_data.Teacher!), _teacherWidth, rows, default, _teacher);
    }

    /// <summary>What a network said of these rows, beside what it should have said.</summary>
    /// <param name="outputs">What it said, [rows × members × width].</param>
    /// <param name="width">How many outputs a row has.</param>
    /// <param name="ofLabels">Whether rows count as much as their labels do; else all that learn from a teacher.</param>
    /// <param name="step">Where the run stands; its rows are not looked at.</param>
    public StepOutputs Beside(ReadOnlySpan<float> outputs, int width, bool ofLabels, StepContext step) => new()
    {
        Epoch = step.Epoch,
        Progress = step.Progress,
        State = step.State,
        Numbers = _names.AsSpan(0, _rows),
        Outputs = outputs,
        Width = width,
        Members = _members,
        Classes = _classes.AsSpan(0, Math.Min(_rows, _classes.Length)),
        Values = _values.AsSpan(0, Math.Min(_rows, _values.Length)),
        Weights = ofLabels ? _labelWeights.AsSpan(0, Math.Min(_rows, _labelWeights.Length)) : _weights.AsSpan(0, Math.Min(_rows, _weights.Length)),
        Teacher = _teacher.AsSpan(0, _rows * _teacherWidth),
    };

    /// <summary>The sum of the rows' weights; their number where all count alike.</summary>
    public double Weight()
    {
        var sum = 0.0;
        foreach (var weight in _weights.AsSpan(0, Math.Min(_rows, _weights.Length)))
            sum += weight;
        return _weights.Length == 0 ? _rows : sum;
    }

    private void TakeLarge(ReadOnlySpan<long> rows)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (features, categories) = _data.Data.Inputs(tensor(rows.ToArray(), dtype: int64, device: CPU));
        Features.copy_(features);
        if (categories is not null)
            Categories!.copy_(categories);
    }

    private static void Gather<T>(ReadOnlySpan<T> from, int width, ReadOnlySpan<long> rows, ReadOnlySpan<long> places, Span<T> to)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var row = (int)(places.IsEmpty ? rows[i] : places[(int)rows[i]]);
            if (width == 1)
                to[i] = from[row];
            else
                from.Slice(row * width, width).CopyTo(to.Slice(i * width, width));
        }
    }
}
