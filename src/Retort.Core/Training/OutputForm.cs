using System.Buffers;

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

    /// <summary>Adds the gradient of a part at one set of outputs; returns its weighted mean.</summary>
    /// <param name="part">The part.</param>
    /// <param name="set">The set.</param>
    /// <param name="ofLabels">Whether it looks at labels, rather than at the teacher.</param>
    /// <param name="step">Where the run stands.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="outputs">Raw outputs of all sets [rows × members, outputs].</param>
    /// <param name="width">How many outputs a set has.</param>
    /// <param name="factor">What the gradient is multiplied with.</param>
    /// <param name="slopes">The gradient at the outputs.</param>
    public double AddGradient(IClosedForm part, int set, bool ofLabels, StepContext step, BatchMemory batch, ReadOnlySpan<float> outputs, int width, double factor, Span<float> slopes)
    {
        if (Sets == 1)
            return part.AddGradient(batch.Beside(outputs, width, ofLabels, step), factor, slopes);
        var all = Sets * width;
        var rows = outputs.Length / all;
        var rented = ArrayPool<float>.Shared.Rent(2 * rows * width);
        var own = rented.AsSpan(0, rows * width);
        var gradient = rented.AsSpan(rows * width, rows * width);
        gradient.Clear();
        for (var row = 0; row < rows; row++)
            outputs.Slice(row * all + set * width, width).CopyTo(own[(row * width)..]);
        var value = part.AddGradient(batch.Beside(own, width, ofLabels, step), factor, gradient);
        for (var row = 0; row < rows; row++)
            for (var i = 0; i < width; i++)
                slopes[row * all + set * width + i] += gradient[row * width + i];
        ArrayPool<float>.Shared.Return(rented);
        return value;
    }
}
