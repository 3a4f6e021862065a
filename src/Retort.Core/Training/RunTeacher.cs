namespace Retort;

/// <summary>What the teachers of a run say of its rows.</summary>
internal sealed class RunTeacher
{
    private const int Block = 4096;

    private readonly TaskData _train;
    private readonly Scale _scale;
    private readonly LearningTask _task;
    private readonly bool _saysEach;
    private readonly Tensor? _hidden;

    /// <exception cref="ArgumentException">The teachers are not those that the distillation needs.</exception>
    public RunTeacher(Distillation distillation, Teaching teaching, TaskData train, LearningTask task, Scale scale, Place place)
    {
        (_train, _task, _scale) = (train, task, scale);
        _saysEach = distillation.NeedsEachTeacher || teaching.Way == TeachingWay.Balanced;
        if (teaching.Way == TeachingWay.Balanced && distillation.NeedsEachTeacher)
            throw new ArgumentException($"The distillation '{Methods.Of(distillation).Id}' weighs its teachers itself, so they must be given by Teacher.Average, but are balanced.");
        if (!Methods.Of(distillation).Needs.HasFlag(Needs.TeacherFeatures))
            return;
        var networks = train.Data.Networks;
        if (networks.Length == 0 || networks.Length < train.Teachers.Length)
            throw new ArgumentException($"The distillation '{Methods.Of(distillation).Id}' must have teachers that are networks of Retort, but {(networks.Length == 0 ? "has none" : $"only {networks.Length} of {train.Teachers.Length} are")}.");
        _hidden = Hidden(networks, train.Rows).to(place.Device);
    }

    /// <summary>The width of <see cref="TeacherOutput.Hidden"/>; 0 where there is none.</summary>
    public int HiddenWidth => (int)(_hidden?.shape[1] ?? 0);

    /// <summary>What is said of all rows.</summary>
    public TeacherOutput All => new(_train.Teacher!) { Hidden = _hidden, Each = _saysEach ? [.. Each(scores => scores)] : [] };

    /// <summary>What is said of the rows with these numbers.</summary>
    public TeacherOutput Of(Tensor rows) => new(_train.Teacher!.index_select(0, rows))
    {
        Hidden = _hidden?.index_select(0, rows),
        Each = _saysEach ? [.. Each(scores => scores.index_select(0, rows))] : [],
    };

    /// <summary>What is said of mixed rows: where all teachers are networks that read what the student reads, and rows are mixed before they enter, what those say of the mixtures; else what was said of the rows, mixed as they are.</summary>
    /// <param name="mixed">The mixture.</param>
    /// <param name="features">The mixed features.</param>
    /// <param name="members">How often each row's is needed.</param>
    public TeacherOutput Of(MixedRows mixed, Tensor features, int members)
    {
        if (CanBeAsked && mixed.Blend is null)
            return Asked(mixed, features, members);
        return new(TaskData.EachMember(mixed.Of(_train.Teacher!), members))
        {
            Hidden = _hidden is null ? null : TaskData.EachMember(mixed.Of(_hidden), members),
            Each = _saysEach ? [.. Each(scores => TaskData.EachMember(mixed.Of(scores), members))] : [],
        };
    }

    /// <summary>Whether all teachers are networks that read what the student reads.</summary>
    public bool CanBeAsked => _train.Data.Networks is { Length: > 0 } networks && networks.Length >= _train.Teachers.Length && Array.TrueForAll(networks, network => network.SeesSameFeatures);

    private TeacherOutput Asked(MixedRows mixed, Tensor features, int members)
    {
        using var noGradient = no_grad();
        var (networks, here, device) = (_train.Data.Networks, features.cpu(), features.device);
        var (rows, partners, kept) = (mixed.Rows.cpu(), mixed.Partners.cpu(), mixed.Kept?.cpu());
        Tensor[] said = [.. networks.Select(network => _scale.Apply(network.Said(here, Categories(network))).to(device))];
        var weight = networks.Sum(network => network.Weight);
        var mean = said.Zip(networks).Select(pair => pair.First * (pair.Second.Weight / weight)).Aggregate((sum, next) => sum + next);
        return new(TaskData.EachMember(mean, members))
        {
            Hidden = _hidden is null ? null : TaskData.EachMember(cat([.. networks.Select(network => network.Network.Hidden(here, Categories(network)))], 1).to(device), members),
            Each = _saysEach ? [.. said.Select(one => new TeacherOutput(TaskData.EachMember(one, members)))] : [],
        };

        Tensor? Categories(TeacherNetwork network) => mixed.Categories(network.Inputs(rows).Categories, network.Inputs(partners).Categories, kept);
    }

    /// <summary>What the networks among the teachers would say of rows with these numbers if their features were others, as the logarithms of probabilities or as values; empty where a teacher cannot be asked.</summary>
    /// <param name="rows">The numbers.</param>
    /// <param name="mixed">What the rows are mixed with; null where they are not.</param>
    public IReadOnlyList<Func<Tensor, Tensor>> Elsewhere(Tensor rows, MixedRows? mixed)
    {
        var networks = _train.Data.Networks;
        return networks.Length < Math.Max(1, _train.Teachers.Length) || !networks.All(network => network.SeesSameFeatures) ? []
            : [.. networks.Select(network => (Func<Tensor, Tensor>)(features => Said(network, features, rows, mixed)))];
    }

    private IEnumerable<TeacherOutput> Each(Func<Tensor, Tensor> take) =>
        (_train.Teachers.Length == 0 ? [_train.Teacher!] : _train.Teachers).Select(scores => new TeacherOutput(take(scores)));

    private Tensor Said(TeacherNetwork network, Tensor features, Tensor rows, MixedRows? mixed)
    {
        var categories = network.Inputs(rows.cpu()).Categories;
        if (mixed is not null)
            categories = mixed.Categories(categories, network.Inputs(mixed.Partners.cpu()).Categories, mixed.Kept?.cpu());
        var outputs = network.Network.ForwardWithGradient(features.cpu(), categories);
        if (_task == LearningTask.Regression)
            return _scale.Apply(network.Network.Link.IsLinear ? outputs
                : throw new ArgumentException("A teacher of moved rows must predict values plainly, but has a loss with outputs of its own.")).to(features.device);
        var said = (_task == LearningTask.Binary ? cat([zeros_like(outputs), outputs], 1) : outputs).log_softmax(1);
        return (network.ClassOf is null ? said : said.index_select(1, tensor(TeacherNetwork.Inverse(network.ClassOf), dtype: int64))).to(features.device);
    }

    private static Tensor Hidden(TeacherNetwork[] networks, long rows)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var blocks = new List<Tensor>();
        for (var start = 0L; start < rows; start += Block)
        {
            var numbers = arange(start, Math.Min(start + Block, rows), dtype: int64);
            blocks.Add(cat([.. networks.Select(network => network.Network.Hidden(network.Inputs(numbers).Features, network.Inputs(numbers).Categories))], 1));
        }

        return cat(blocks, 0).MoveToOuterDisposeScope();
    }
}
