using static TorchSharp.torch;

namespace Retort.Bench;

/// <summary>One split of a table, with a teacher that is trained on it and students that learn from it.</summary>
internal sealed class DistillCase : IDisposable
{
    private const int Copies = 4; // of a row, where noise is added
    private const double Noise = 0.2; // of a column's deviation

    private readonly DistillSet _set;
    private readonly int _seed;
    private readonly Dataset _train, _few, _held, _judged;
    private readonly bool _teacherSeesFew;
    private readonly FittedNetwork[] _members;
    private readonly double[] _memberSeconds;
    private readonly List<Tensor> _owned = [];
    private Tensor[] _each = [];
    private Tensor? _mean;
    private double[] _teacherSays = [];

    /// <param name="set">What is learned.</param>
    /// <param name="rows">The rows, which must outlive the case.</param>
    /// <param name="seed">The number of the split; random numbers begin there too.</param>
    /// <param name="validation">Whether the held-out rows are what is measured, to choose recipes by.</param>
    /// <param name="labels">How many of the training rows have a label that the student may see; null for all.</param>
    /// <param name="teacherSeesFew">Whether the teacher sees no more labels than the student.</param>
    public DistillCase(DistillSet set, DistillRows rows, int seed, bool validation, int? labels = null, bool teacherSeesFew = false)
    {
        (_set, _seed, _members, _memberSeconds) = (set, seed, new FittedNetwork[set.Members], new double[set.Members]);
        var (train, held, test) = rows.Split(seed);
        (_train, _held, _judged) = (Copy(rows.All, train), rows.All.View(held), rows.All.View(validation ? held : test));
        (_few, _teacherSeesFew) = (labels is { } count ? Copy(rows.All, train[..count]) : _train, teacherSeesFew);
    }

    /// <summary>Trains one of the teacher's networks.</summary>
    public void Train(int member) =>
        _memberSeconds[member] = Figures.Seconds(() => _members[member] = Fit(_set.Teacher with { Seed = 1000 + member }, _teacherSeesFew ? _few : _train));

    /// <summary>Lets the teacher say what it has to say, once all of its networks are trained.</summary>
    public void Ask()
    {
        _each = [.. _members.Select(member => Kept(Tensor(Says(member, _train))))];
        using (var scope = NewDisposeScope())
            _mean = Kept(stack(_each).mean([0L]).DetachFromDisposeScope());
        _teacherSays = [.. _members.Select(member => Says(member, _judged)).Aggregate((a, b) => [.. a.Zip(b, (x, y) => x + y)]).Select(sum => sum / _members.Length)];
    }

    /// <summary>How good the teacher is.</summary>
    public DistillResult Teacher() => Measure(_teacherSays, _memberSeconds.Sum(), Parameters);

    /// <summary>How good a student is that learns from the labels alone, or with a teacher of what <paramref name="distillation"/> asks for.</summary>
    public DistillResult Student(Recipe recipe, Distillation? distillation)
    {
        if (distillation is null or SelfDistillation)
            return Student(recipe with { Distillation = distillation }, _few);
        if (distillation is BackwardCompatible)
            return Update(recipe with { Distillation = distillation });
        var networks = _members.Select(member => new TeacherNetwork { Network = member, Features = _train.Features, Categories = _train.Categories, SeesSameFeatures = true });
        return Student(recipe with { Distillation = distillation }, Taught(_mean!, [], [.. networks]));
    }

    /// <summary>As <see cref="Student(Recipe, Distillation?)"/>, with an earlier student of the same recipe, which learned from the labels alone, as the teacher.</summary>
    public DistillResult Again(Recipe recipe, Distillation distillation)
    {
        var earlier = Fit(recipe with { Seed = recipe.Seed + 1 }, _few);
        using var scores = Tensor(Says(earlier, _train));
        return Student(recipe with { Distillation = distillation }, Taught(scores, [], []));
    }

    /// <summary>Of two teachers, an earlier student is the model in use and the ensemble the new one.</summary>
    private DistillResult Update(Recipe recipe)
    {
        var used = Fit(recipe with { Distillation = null, Seed = recipe.Seed + 1 }, _few);
        using var scores = Tensor(Says(used, _train));
        using var mean = (scores + _mean!) / 2;
        return Student(recipe, Taught(mean, [scores, _mean!], []));
    }

    /// <summary>As <see cref="Student(Recipe, Distillation?)"/>, of noisy copies of the rows, which are seen in fewer epochs.</summary>
    public DistillResult Noisy(Recipe recipe)
    {
        var random = new Generator((ulong)_seed);
        var (features, categories) = _train.Inputs(0, _train.Rows);
        using var noise = NewDisposeScope();
        var copies = features.repeat(Copies, 1);
        var draws = tensor(Enumerable.Range(0, (int)copies.numel()).Select(_ => (float)random.Normal()).ToArray(), dtype: float32).view(copies.shape);
        using var seen = new Dataset
        {
            Features = (copies + Noise * features.std(0L, unbiased: false, keepdim: false) * draws).DetachFromDisposeScope(),
            Categories = categories?.repeat(Copies, 1).DetachFromDisposeScope(),
            Cardinalities = _train.Cardinalities,
            Labels = _train.Labels!.repeat(Copies).DetachFromDisposeScope(),
            Classes = _train.Classes,
        };
        return Student(recipe with { Epochs = Math.Max(1, recipe.Epochs / Copies) }, seen);
    }

    public void Dispose()
    {
        foreach (var one in new IDisposable[] { _train, _few, _held, _judged }.Concat(_owned))
            one.Dispose();
    }

    private static Dataset Copy(Dataset all, long[] rows)
    {
        using var view = all.View(rows);
        using var scope = NewDisposeScope();
        var (features, categories) = view.Inputs(0, view.Rows);
        return new()
        {
            Features = features.DetachFromDisposeScope(),
            Categories = categories?.DetachFromDisposeScope(),
            Cardinalities = all.Cardinalities,
            Labels = view.Labels!.clone().DetachFromDisposeScope(),
            Classes = all.Classes,
        };
    }

    private int Parameters => _members.Sum(member => member.Parameters.Length);

    /// <summary>The training rows with a teacher; labels that may not be seen are not there.</summary>
    private Dataset Taught(Tensor scores, Tensor[] each, TeacherNetwork[] networks)
    {
        var isPart = _few.Rows < _train.Rows;
        return new()
        {
            Features = _train.Features,
            Categories = _train.Categories,
            Cardinalities = _train.Cardinalities,
            Labels = isPart ? Kept(cat([_few.Labels!, full([_train.Rows - _few.Rows], -1, dtype: int64)]).DetachFromDisposeScope()) : _train.Labels,
            Labeled = isPart ? Kept((arange(_train.Rows, dtype: int64) < _few.Rows).DetachFromDisposeScope()) : null,
            Teacher = scores,
            Teachers = each,
            Networks = networks,
            Classes = _train.Classes,
        };
    }

    private DistillResult Student(Recipe recipe, Dataset seen)
    {
        FittedNetwork network = null!;
        var seconds = Figures.Seconds(() => network = Fit(recipe, seen));
        return Measure(Says(network, _judged), seconds, network.Parameters.Length);
    }

    /// <summary>A network whose probabilities are as its run left them. Where the recipe holds out nothing the last epoch is kept.</summary>
    private FittedNetwork Fit(Recipe recipe, Dataset rows) =>
        TrainingLoop.Run(recipe, _set.Task, rows, recipe.HoldOut == 0 ? null : _held, _seed, null, () => { }, calibrates: false).Network;

    /// <summary>Probabilities of all classes, or values.</summary>
    private double[] Says(FittedNetwork network, Dataset rows)
    {
        using var scope = NewDisposeScope();
        var (features, categories) = rows.Inputs(0, rows.Rows);
        var served = new float[rows.Rows * network.Outputs];
        network.Score(features, categories, served);
        return _set.Task == LearningTask.Binary ? [.. served.Select(z => 1 / (1 + Math.Exp(-z))).SelectMany(p => new[] { 1 - p, p })] : [.. served.Select(value => (double)value)];
    }

    private Tensor Tensor(double[] scores) => tensor([.. scores.Select(score => (float)score)], dtype: float32).view(-1, _train.Classes).DetachFromDisposeScope();

    private Tensor Kept(Tensor tensor)
    {
        lock (_owned)
            _owned.Add(tensor);
        return tensor;
    }

    private DistillResult Measure(double[] says, double seconds, int parameters)
    {
        var share = parameters / (double)Parameters;
        if (_set.Task == LearningTask.Regression)
        {
            var values = Memory.Of<float>(_judged.Labels!).ToArray();
            return new(Distance(says, [.. values.Select(value => (double)value)]), double.NaN, double.NaN, Distance(says, _teacherSays), seconds, share);
        }

        int[] labels = [.. Memory.Of<long>(_judged.Labels!).ToArray().Select(label => (int)label)];
        var classes = _judged.Classes;
        var metrics = CalibrationMetrics.Of(says, classes, labels, bootstrap: 0);
        var (own, others) = (Likeliest(says), Likeliest(_teacherSays));
        return new(own.Zip(labels, (a, b) => a == b ? 1.0 : 0).Average(), metrics.LogLoss.Value, metrics.ExpectedCalibrationError.Value, own.Zip(others, (a, b) => a == b ? 1.0 : 0).Average(), seconds, share);

        int[] Likeliest(double[] p) => [.. p.Chunk(classes).Select(row => Array.IndexOf(row, row.Max()))];

        static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Average());
    }
}

/// <summary>How good a model is.</summary>
/// <param name="Metric">Accuracy, or in regression the root of the mean squared error.</param>
/// <param name="LogLoss">In nats; NaN in regression.</param>
/// <param name="CalibrationError">The expected calibration error; NaN in regression.</param>
/// <param name="Agreement">The share of rows for which it says what the teacher says; in regression the root of the mean squared distance from the teacher.</param>
/// <param name="Seconds">How long it was trained.</param>
/// <param name="Size">Its number of weights as a share of the teacher's.</param>
internal sealed record DistillResult(double Metric, double LogLoss, double CalibrationError, double Agreement, double Seconds, double Size);
