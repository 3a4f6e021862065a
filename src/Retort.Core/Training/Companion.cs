namespace Retort;

/// <summary>A network that is trained along with the student: each learns from the labels, and from what the other says.</summary>
/// <remarks>As in Zhang, Xiang, Hospedales and Lu, Deep Mutual Learning, 2018, https://arxiv.org/abs/1706.00384, with the distance that the run's distillation measures, in both directions.</remarks>
internal sealed class Companion : IDisposable
{
    private readonly OutputForm _form;
    private readonly Loss _loss;
    private readonly Learner _learner;
    private readonly PartState _state = new();

    /// <exception cref="ArgumentException">The distillation asks for what only a teacher before the run has.</exception>
    public Companion(Network network, Recipe recipe, Distillation distillation, LearningTask task, Loss loss, TaskData train, NetworkShape shape, Seeds seeds, Place place)
    {
        if (distillation.NeedsHidden || distillation.NeedsEachTeacher || distillation.Sets > 1 || Methods.Of(distillation).Needs.HasFlag(Needs.TeacherFeatures))
            throw new ArgumentException($"A teacher that is trained along must be followed by its outputs, but '{Methods.Of(distillation).Id}' asks for more.");
        var graph = network.Build(shape);
        (_form, _loss) = (new(task, graph.Members), loss);
        _learner = new(graph, new([], graph), recipe, train, seeds.Stream("companion"), seeds.Stream("companion dropout"), place);
        loss.Begin(_state, train.Targets(), train.LabelWeights, train.Data.Groups, graph.Members);
    }

    private int Members => _form.Members;

    /// <summary>What it says of a batch in training.</summary>
    public Said Forward(Batch batch, HiddenBlend? blend)
    {
        var outputs = _learner.Forward(batch.Features, batch.Categories, blend?.Within(_learner.Graph.Blocks.Length)).detach().requires_grad_();
        return new(outputs, _form.Scores(_form.Logits(outputs.detach())));
    }

    /// <summary>Leaves the gradients of a step.</summary>
    /// <param name="said">What it said.</param>
    /// <param name="targets">What the rows should become.</param>
    /// <param name="weights">How much each row counts, and its label; null where all count alike.</param>
    /// <param name="student">What the student said of the rows, as scores.</param>
    /// <param name="distillation">How each follows the other.</param>
    /// <param name="share">What the objective is multiplied with.</param>
    /// <param name="step">Where the run stands, for rows without members.</param>
    /// <param name="pairs">The classes of mixed rows; null where they are not mixed.</param>
    public void Backward(Said said, Targets targets, (Tensor? All, Tensor? Labels) weights, Tensor student, Distillation distillation, Tensor share, StepContext step, LabelPairs? pairs)
    {
        var mine = step with { State = _state, Members = Members, Rows = TaskData.Names(step.Rows!, Members), Groups = step.Groups is null ? null : TaskData.Each(step.Groups, Members), Mixed = step.Mixed is { } mixed ? (TaskData.Names(mixed.Partners, Members), TaskData.Each(mixed.Shares, Members)) : null };
        var output = new StudentOutput(_form.Logits(said.Outputs));
        var each = EachMember(targets);
        var labels = pairs is not null && !_loss.TakesSoftTargets ? pairs.EachMember(Members).Loss(_loss, output.Logits, OfMembers(weights.Labels), mine)
            : _loss.Value(output, each, OfMembers(weights.Labels), mine);
        var distance = distillation.Value(output, new(TaskData.EachMember(student, Members)), each, OfMembers(weights.All), mine);
        (distillation.Join(labels, distance) * share).backward();
        _learner.Network.Backward(said.Outputs.grad!);
    }

    public void Step(double learningRate, double progress, bool endsEpoch) => _learner.Step(learningRate, progress, endsEpoch);

    public void Write(BinaryWriter writer)
    {
        _state.Write(writer);
        _learner.Write(writer);
    }

    /// <summary>Goes on where one of the same settings wrote itself.</summary>
    public void Read(BinaryReader reader)
    {
        _state.Read(reader);
        _learner.Read(reader);
    }

    public void Dispose() => _state.Dispose();

    private Tensor? OfMembers(Tensor? rows) => rows is null ? null : TaskData.Each(rows, Members);

    private Targets EachMember(Targets targets) => Members == 1 ? targets : targets.Repeated(Members);

    /// <summary>Outputs [rows × members, outputs], with a gradient to be, and scores [rows, classes].</summary>
    public sealed record Said(Tensor Outputs, Tensor Scores);
}
