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
    private long[] _partnerClasses = [];
    private RowMix? _mix;
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

    /// <summary>What the rows are mixed with; null where they are not.</summary>
    public RowMix? Mixture => _mix;

    /// <summary>The teacher's scores, [rows × columns], to be written where the teacher was asked anew.</summary>
    public Span<float> Teacher => _teacher.AsSpan(0, _rows * _teacherWidth);

    /// <summary>Copies the rows with these numbers.</summary>
    /// <param name="rows">The numbers.</param>
    /// <param name="mix">What they are mixed with; null for nothing.</param>
    public void Take(ReadOnlySpan<long> rows, RowMix? mix = null)
    {
        (_rows, _mix) = (rows.Length, mix);
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
        if (mix is not null)
            Mix(mix, places);
    }

    private void Mix(RowMix mix, ReadOnlySpan<long> places)
    {
        if (mix.Block is null)
            MixInputs(mix, places);
        Mix(_data.Labels, _values, 1);
        Mix(_data.Weights, _weights, 1);
        Mix(_data.LabelWeights, _labelWeights, 1);
        Mix(_data.Teacher, _teacher, _teacherWidth);
        if (_classes.Length == 0)
            return;
        if (_partnerClasses.Length < _rows)
            _partnerClasses = new long[_classes.Length];
        Gather(Memory.Of<long>(_data.Labels), 1, mix.Partners, default, _partnerClasses);

        void Mix(Tensor? all, float[] own, int width)
        {
            if (own.Length == 0)
                return;
            var from = Memory.Of<float>(all!);
            for (var i = 0; i < _rows; i++)
            {
                var partner = (int)mix.Partners[i];
                if (width == 1)
                    own[i] = mix.Shares[i] * own[i] + (1 - mix.Shares[i]) * from[partner];
                else
                    RowMix.Mix(own.AsSpan(i * width, width), from.Slice(partner * width, width), mix.Shares[i]);
            }
        }
    }

    private void MixInputs(RowMix mix, ReadOnlySpan<long> places)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (features, categories) = _isLarge ? _data.Data.Inputs(tensor(mix.Partners, dtype: int64, device: CPU)) : (_data.Data.Features, _data.Data.Categories);
        var numbers = Memory.Of<float>(_numbers);
        var allNumbers = _features == 0 ? default : Memory.Of<float>(features);
        var columns = Memory.Of<long>(_categories);
        var allColumns = _columns == 0 ? default : Memory.Of<long>(categories!);
        for (var i = 0; i < _rows; i++)
        {
            var partner = _isLarge ? i : (int)(places.IsEmpty ? mix.Partners[i] : places[(int)mix.Partners[i]]);
            if (_features > 0)
                mix.MixNumbers(i, numbers.Slice(i * _features, _features), allNumbers.Slice(partner * _features, _features));
            if (_columns > 0)
                mix.MixCategories(i, columns.Slice(i * _columns, _columns), allColumns.Slice(partner * _columns, _columns));
        }
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
        PartnerClasses = _mix is null || _classes.Length == 0 ? default : _partnerClasses.AsSpan(0, _rows),
        PartnerNumbers = _mix is null ? default : _mix.Partners,
        Shares = _mix is null ? default : _mix.Shares,
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
