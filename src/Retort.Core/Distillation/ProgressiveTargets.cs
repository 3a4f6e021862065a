using System.Buffers;
using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The network learns a mix of its labels and of what it said of the same rows an epoch ago, which counts more and more: training without a teacher that softens hard and wrong labels.</summary>
/// <remarks>
/// Cross-entropy with the soft target <c>(1 - a) * y + a * p</c>, the label y and the network's probabilities p of the row when it last was in a step, both [rows, classes], with the share <c>a = AlphaT * progress</c>: 0 at the start of the run,
/// <see cref="AlphaT"/> at its end. In nats. In regression the squared distance to the same mix of values. Before a row is first seen, p is its label. Probabilities are those of training, with dropout where the network has it.
/// Of mixed rows (<see cref="Mixing"/>) p is mixed as they are, and what is said of a mixture is remembered as said of its larger part. A table of all rows holds them, in single precision: 4 bytes for each row, class and member of an ensemble.
/// The labels are in it, so it begins as <c>Mode = Replace, Weight = 1</c>; the recipe's loss then has no part in training, but says which epoch is best.
/// Source: Kim, Ji, Yoon and Hwang, Self-Knowledge Distillation with Progressive Refinement of Targets, 2021, eq. 5 and 6, https://arxiv.org/abs/2006.12000
/// We differ in that the share grows from step to step, by what is done of the run; the source's grows from epoch to epoch, by the number of the epoch.
/// Not for runs of a few epochs, in which the network says little that is worth learning.
/// Seen (<c>./bench distill</c>, five splits): against labels alone, in brackets paired standard errors, points of accuracy and log-loss on digits +0.1 (+0.8) and -0.022 (-6.0), MNIST 0.0 (+0.9) and -0.001 (-1.6), phoneme -0.1 (-1.0) and +0.003 (+1.3), wine +0.9 (+1.8) and -0.001 (-0.6); RMSE on abalone +0.006 (+5.5).
/// </remarks>
[Method("ps-kd", Title = "Self-Knowledge Distillation with Progressive Refinement of Targets", Authors = "Kim, Ji, Yoon and Hwang", Year = 2021,
    Link = "https://arxiv.org/abs/2006.12000", Needs = Needs.RowIds)]
public sealed record ProgressiveTargets : SelfDistillation, IClosedForm
{
    private const string Table = "said";

    /// <summary>In which the labels are part of what the method asks for.</summary>
    public ProgressiveTargets() => (Mode, Weight) = (DistillationMode.Replace, 1);

    /// <summary>The share of what the network said in what it learns, at the end of the run. In [0, 1]; default 0.8, the source's.</summary>
    [Range(0.0, 1.0, 0.8)]
    public double AlphaT { get; init; } = 0.8;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.InRange(AlphaT, 0, 1);
    }

    internal override void Begin(PartState state, TeachingRows rows)
    {
        using var scope = NewDisposeScope();
        state[Table] = Labels(rows.Targets, zeros(rows.Targets.Rows, rows.Outputs, dtype: float32)).repeat_interleave(rows.Members, 0);
    }

    /// <inheritdoc/>
    public override Tensor Value(StudentOutput student, Targets targets, Tensor? weights, StepContext step)
    {
        var logits = student.Logits;
        var wanted = Labels(targets, logits);
        if (step.Rows is not null && step.State[Table] is { } table)
        {
            using var noGradient = no_grad();
            var share = AlphaT * step.Progress;
            var said = table.index_select(0, step.Rows);
            if (step.Mixed is { } mixed)
                said = mixed.Shares.unsqueeze(1) * said + (1 - mixed.Shares).unsqueeze(1) * table.index_select(0, mixed.Partners);
            wanted = (1 - share) * wanted + share * said.to_type(logits.dtype);
            table.index_copy_(0, step.Rows, (targets.AreReal ? logits : logits.softmax(1)).to_type(table.dtype));
        }

        return WeightedMean.Of(targets.AreReal ? (logits - wanted).square().squeeze(1) : -(wanted * logits.log_softmax(1)).sum(1), weights);
    }

    double IClosedForm.AddGradient(StepOutputs batch, double factor, Span<float> gradient)
    {
        var (unit, sum, columns, isReal) = (batch.UnitShare, 0.0, batch.Logits, !batch.Values.IsEmpty);
        var table = batch.State?[Table] is { } said && !batch.Numbers.IsEmpty ? Memory.Of<float>(said) : default;
        var old = table.IsEmpty ? 0 : AlphaT * batch.Progress;
        var memory = ArrayPool<double>.Shared.Rent(2 * batch.Rows * columns);
        var past = ArrayPool<float>.Shared.Rent(batch.Rows * columns); // of all rows before any is written: a row may be the partner of another
        for (var row = 0; row < batch.Rows && !table.IsEmpty; row++)
            Past(batch, table, row, past.AsSpan(row * columns, columns));
        var logs = memory.AsSpan(0, isReal ? 0 : batch.Rows * columns);
        var all = memory.AsSpan(logs.Length, logs.Length);
        if (!isReal)
        {
            batch.CopyLogits(logs);
            ClosedRows.LogSoftmax(logs, all, columns, 1);
        }

        for (var row = 0; row < batch.Rows; row++)
        {
            var share = unit * batch.Weight(row);
            var before = table.IsEmpty ? default : past.AsSpan(row * columns, columns);
            var now = table.IsEmpty ? default : table.Slice(batch.Name(row) * columns, columns);
            if (isReal)
            {
                var apart = batch.Outputs[row] - ((1 - old) * batch.Values[row / batch.Members] + (before.IsEmpty ? 0 : old * before[0]));
                sum += share * apart * apart;
                gradient[row] += (float)(factor * share * 2 * apart);
                if (!now.IsEmpty)
                    now[0] = batch.Outputs[row];
                continue;
            }

            var own = all.Slice(row * columns, columns);
            var (label, partner, part) = batch.Label(row);
            for (var i = 0; i < columns; i++)
            {
                var wanted = (label == i ? part * (1 - old) : 0) + (partner == i ? (1 - part) * (1 - old) : 0) + (before.IsEmpty ? 0 : old * before[i]);
                sum -= share * wanted * logs[row * columns + i];
                if (!now.IsEmpty)
                    now[i] = (float)own[i];
                own[i] = factor * share * (own[i] - wanted); // what is wanted sums to 1
            }

            batch.Add(gradient, row, own);
        }

        ArrayPool<double>.Shared.Return(memory);
        ArrayPool<float>.Shared.Return(past);
        return sum;
    }

    private static void Past(StepOutputs batch, ReadOnlySpan<float> table, int row, Span<float> past)
    {
        table.Slice(batch.Name(row) * past.Length, past.Length).CopyTo(past);
        if (batch.Shares.IsEmpty)
            return;
        var share = batch.Shares[row / batch.Members];
        var partner = table.Slice(batch.PartnerName(row) * past.Length, past.Length);
        for (var i = 0; i < past.Length; i++)
            past[i] = share * past[i] + (1 - share) * partner[i];
    }

    private static Tensor Labels(Targets targets, Tensor outputs)
    {
        if (!targets.AreReal)
            return targets.Distribution(outputs);
        Check.Shape(outputs, "[rows, 1]", outputs.dim() == 2 && outputs.shape[1] == 1, "the student's outputs");
        return targets.RealValues(outputs);
    }
}
