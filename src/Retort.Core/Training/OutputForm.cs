namespace Retort;

/// <summary>How a network's raw outputs are read: as logits or values, of one set or several, of one member or many.</summary>
/// <param name="Task">What is predicted.</param>
/// <param name="Members">How many rows of outputs there are for a row.</param>
/// <param name="Sets">How many sets of outputs there are side by side.</param>
internal sealed record OutputForm(LearningTask Task, int Members, int Sets = 1)
{
    /// <summary>A binary network's one logit z becomes the two logits (0, z).</summary>
    public Tensor Logits(Tensor outputs) => Task == LearningTask.Binary ? cat([zeros_like(outputs.detach()), outputs], 1) : outputs;

    /// <summary>The sets, each like the outputs of a network with one.</summary>
    public IReadOnlyList<Tensor> Split(Tensor outputs)
    {
        var width = outputs.shape[1] / Sets;
        return Sets == 1 ? [outputs] : [.. Enumerable.Range(0, Sets).Select(set => outputs.narrow(1, set * width, width))];
    }

    /// <summary>One answer from an ensemble's.</summary>
    public Tensor Average(Tensor outputs) => MemberAverage.Of(outputs, Members, Task);

    /// <summary>As <see cref="Average(Tensor)"/>, in the form that a loss takes.</summary>
    public Tensor Average(Tensor outputs, OutputLink link) => Members == 1 ? outputs : link.FromLogits(Average(link.ToLogits(outputs)));

    /// <summary>Probabilities, or in regression values, as a teacher says them, from <see cref="Logits"/>: of members their mean.</summary>
    public Tensor Scores(Tensor logits) => Task == LearningTask.Regression ? Average(logits) : MemberAverage.Of(logits, Members, LearningTask.Multiclass).softmax(1);
}
