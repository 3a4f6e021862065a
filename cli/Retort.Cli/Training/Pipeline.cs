using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Retort.Cli.Tables;

namespace Retort.Cli.Training;

/// <summary>The ordinary ML.NET pipeline for a <see cref="Plan"/>.</summary>
/// <remarks>
/// Numbers: missing values become the mean of the column, then mean 0 and deviation 1. True and false: 1 and 0. Text: keys, which the network embeds
/// (one-hot where all columns are text); empty and unseen values count alike. The label is mapped before the pipeline and not by it, so that the model scores rows without one.
/// </remarks>
internal sealed class Pipeline
{
    private readonly MLContext _ml;
    private readonly Plan _plan;
    private readonly string _label, _features;
    private readonly string[] _boolNumbers, _encoded;

    public Pipeline(MLContext ml, Plan plan, IEnumerable<string> taken)
    {
        (_ml, _plan) = (ml, plan);
        var names = taken.ToHashSet();
        (_label, _features) = (Names.Free("Label", names), Names.Free("Features", names));
        _boolNumbers = [.. plan.Bools.Select(c => Names.Free(c.Name + "Number", names))];
        _encoded = [.. plan.Categories.Select(c => Names.Free(c.Name + "Key", names))];
    }

    /// <summary>How the text loader must read the columns.</summary>
    public IReadOnlyList<(string Name, DataKind Kind)> Columns =>
        [.. _plan.Features.Append(_plan.Label).Select(c => (c.Name, c == _plan.Label ? LabelKind : Kind(c)))];

    // 0 and 1 are read as numbers, so that a row without a label can be told from one with label 0
    private DataKind LabelKind => _plan.Task switch
    {
        LearningTask.Binary when _plan.Label.Kind == ColumnKind.Bool => DataKind.Boolean,
        LearningTask.Multiclass when _plan.Label.Kind != ColumnKind.Number => DataKind.String,
        _ => DataKind.Single,
    };

    // a network needs some features; without numbers the categories are those, one-hot
    private bool OnlyCategories => _plan.Numbers.Count + _plan.Bools.Count == 0;

    private string[]? Protected => _plan.Protected.Count == 0 ? null : [.. _plan.Protected.Select(c => c.Name)];

    private string[]? Keys => OnlyCategories || _encoded.Length == 0 ? null : _encoded;

    public static DataKind Kind(Column column) => column.Kind switch
    {
        ColumnKind.Number => DataKind.Single,
        ColumnKind.Bool => DataKind.Boolean,
        _ => DataKind.String,
    };

    /// <summary>Adds the label in the form that trainers of the task take: Boolean, key, number.</summary>
    public ITransformer LabelMap(IDataView rows) => _plan.Task switch
    {
        LearningTask.Binary when _plan.Label.Kind == ColumnKind.Number => _ml.Transforms.Conversion.ConvertType(_label, _plan.Label.Name, DataKind.Boolean).Fit(rows),
        LearningTask.Multiclass => _ml.Transforms.Conversion.MapValueToKey(_label, _plan.Label.Name, keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(rows),
        _ => _ml.Transforms.CopyColumns(_label, _plan.Label.Name).Fit(rows),
    };

    /// <summary>The pipeline from the columns of the file to the network's predictions.</summary>
    public IEstimator<ITransformer> Build(Recipe recipe, Teacher? teacher, IProgress<EpochReport>? progress, CancellationToken stop, Checkpoint checkpoint)
    {
        var trainer = Trainer(recipe, teacher, validation: null, progress, stop, checkpoint);
        return Prepare() is { } prepare ? prepare.Append(trainer) : trainer;
    }

    /// <summary>From the columns of the file to what the network reads; null where it reads them as they are.</summary>
    public IEstimator<ITransformer>? Prepare()
    {
        IEstimator<ITransformer>? chain = null;
        if (_plan.Numbers.Count > 0)
        {
            Add(_ml.Transforms.Concatenate(_features, [.. _plan.Numbers.Select(c => c.Name)]));
            Add(_ml.Transforms.ReplaceMissingValues(_features, replacementMode: MissingValueReplacingEstimator.ReplacementMode.Mean));
            Add(_ml.Transforms.NormalizeMeanVariance(_features, fixZero: false));
        }

        foreach (var (column, number) in _plan.Bools.Zip(_boolNumbers))
            Add(_ml.Transforms.Conversion.ConvertType(number, column.Name, DataKind.Single));
        if (_plan.Bools.Count > 0)
            Add(_ml.Transforms.Concatenate(_features, _plan.Numbers.Count > 0 ? [_features, .. _boolNumbers] : [.. _boolNumbers]));
        foreach (var (column, encoded) in _plan.Categories.Zip(_encoded))
            Add(OnlyCategories ? _ml.Transforms.Categorical.OneHotEncoding(encoded, column.Name) : _ml.Transforms.Conversion.MapValueToKey(encoded, column.Name));
        if (OnlyCategories)
            Add(_ml.Transforms.Concatenate(_features, _encoded));
        return chain;

        void Add(IEstimator<ITransformer> next) => chain = chain is null ? next : chain.Append(next);
    }

    /// <summary>Networks for several weights of the recipe's penalty, on rows as <see cref="Prepare"/> makes them.</summary>
    public PathRun Path(IDataView rows, Recipe recipe, IReadOnlyList<double> weights, Teacher? teacher, IProgress<PathReport> progress, CancellationToken stop) => _plan.Task switch
    {
        LearningTask.Binary => PathRun.Of(_ml.BinaryClassification.Trainers.NetworkPath(recipe, weights, Protected!, teacher, _label, _features, categoryColumnNames: Keys, groupColumnName: _plan.Group?.Name, progress: progress, stop: stop).Fit(rows)),
        LearningTask.Multiclass => PathRun.Of(_ml.MulticlassClassification.Trainers.NetworkPath(recipe, weights, Protected!, teacher, _label, _features, categoryColumnNames: Keys, groupColumnName: _plan.Group?.Name, progress: progress, stop: stop).Fit(rows)),
        _ => PathRun.Of(_ml.Regression.Trainers.NetworkPath(recipe, weights, Protected!, teacher, _label, _features, categoryColumnNames: Keys, groupColumnName: _plan.Group?.Name, progress: progress, stop: stop).Fit(rows)),
    };

    /// <summary>The search for a recipe, on rows as <see cref="Prepare"/> makes them.</summary>
    public SweepRun Sweep(IDataView rows, RecipeSpace space, SweepSettings settings, Teacher? teacher, string folder, IMonitor monitor, IProgress<SweepTrial> progress, CancellationToken stop) => _plan.Task switch
    {
        LearningTask.Binary => SweepRun.Of(_ml.BinaryClassification.Trainers.NetworkExperiment(
            space, settings, teacher, _label, _features, categoryColumnNames: Keys, groupColumnName: _plan.Group?.Name, protectedColumnNames: Protected, folder: folder, monitor: monitor, progress: progress, stop: stop), rows),
        LearningTask.Multiclass => SweepRun.Of(_ml.MulticlassClassification.Trainers.NetworkExperiment(
            space, settings, teacher, _label, _features, categoryColumnNames: Keys, groupColumnName: _plan.Group?.Name, protectedColumnNames: Protected, folder: folder, monitor: monitor, progress: progress, stop: stop), rows),
        _ => SweepRun.Of(_ml.Regression.Trainers.NetworkExperiment(
            space, settings, teacher, _label, _features, categoryColumnNames: Keys, groupColumnName: _plan.Group?.Name, protectedColumnNames: Protected, folder: folder, monitor: monitor, progress: progress, stop: stop), rows),
    };

    /// <summary>The network's trainer, to follow <see cref="Prepare"/>.</summary>
    public IEstimator<ITransformer> Trainer(Recipe recipe, Teacher? teacher, IDataView? validation, IProgress<EpochReport>? progress, CancellationToken stop, Checkpoint? checkpoint = null, ITransformer? start = null) => _plan.Task switch
    {
        LearningTask.Binary => _ml.BinaryClassification.Trainers.Network(
            recipe, teacher, _label, _features, categoryColumnNames: Keys, groupColumnName: _plan.Group?.Name, protectedColumnNames: Protected, validation: validation, progress: progress, stop: stop, checkpoint: checkpoint, start: start),
        LearningTask.Multiclass => _ml.MulticlassClassification.Trainers.Network(
            recipe, teacher, _label, _features, categoryColumnNames: Keys, groupColumnName: _plan.Group?.Name, protectedColumnNames: Protected, validation: validation, progress: progress, stop: stop, checkpoint: checkpoint, start: start),
        _ => _ml.Regression.Trainers.Network(
            recipe, teacher, _label, _features, categoryColumnNames: Keys, groupColumnName: _plan.Group?.Name, protectedColumnNames: Protected, validation: validation, progress: progress, stop: stop, checkpoint: checkpoint, start: start),
    };
}
