namespace Retort;

/// <summary>What a run pays for the dependence of its predictions on protected columns: a penalty, what it counts, and which rows it looks at.</summary>
internal sealed class PenaltyTerm
{
    private readonly Penalty _penalty;
    private readonly TaskData _train;
    private readonly Func<Tensor, Tensor> _probabilities;
    private readonly bool _isBinary;
    private readonly WholeSet? _all;

    /// <param name="penalty">The penalty.</param>
    /// <param name="task">What is predicted.</param>
    /// <param name="train">The rows, with protected columns.</param>
    /// <param name="student">The network.</param>
    /// <param name="members">How many rows of outputs there are for a row.</param>
    /// <param name="probabilities">What logits [rows, classes] say.</param>
    public PenaltyTerm(Penalty penalty, LearningTask task, TaskData train, Learner student, int members, Func<Tensor, Tensor> probabilities)
    {
        (_penalty, _train, _isBinary, _probabilities, Weight) = (penalty, train, task == LearningTask.Binary, probabilities, penalty.Weight);
        _all = penalty.WholeSetEvery > 0 ? new(student, train, members, penalty.WholeSetEvery) : null;
    }

    /// <summary>The penalty of a recipe; null where it has none that counts.</summary>
    /// <exception cref="ArgumentException">It does not fit the loss or the rows.</exception>
    public static Penalty? Chosen(Recipe recipe, LearningTask task, Dataset train, Loss loss, OutputLink link)
    {
        if (recipe.Penalty is not { Weight: not 0 } penalty)
            return null;
        if (train.Protected is null)
            throw new ArgumentException($"The penalty '{Methods.Of(penalty).Id}' must have protected columns, but none are named.");
        if (task == LearningTask.Regression && (loss.RegressionOutputs > 1 || link != OutputLink.Identity))
            throw new ArgumentException($"The penalty '{Methods.Of(penalty).Id}' must be with a loss of plain values, but '{Methods.Of(loss).Id}' has outputs of its own.");
        return penalty;
    }

    /// <summary>How much the penalty counts.</summary>
    public double Weight { get; set; }

    /// <summary>Whether it looks at all training rows, rather than at those of a step.</summary>
    public bool IsOfAll => _all is not null;

    /// <summary>What it costs that the predictions for some rows depend on their protected columns.</summary>
    /// <param name="logits">Logits [rows, classes] or values [rows, 1].</param>
    /// <param name="columns">The protected columns of these rows.</param>
    /// <param name="targets">What the rows should become.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    /// <param name="step">Where the run stands.</param>
    public Tensor Value(Tensor logits, ProtectedColumns columns, Targets targets, Tensor? weights, StepContext step) =>
        Weight * Cost(logits, columns, targets, weights, step);

    /// <summary>What it costs over all training rows, where it looks at these; it looks before a step's forward pass. Else 0.</summary>
    /// <param name="logits">What raw outputs [rows × members, outputs] come to.</param>
    /// <param name="step">Where the run stands.</param>
    public double OfAll(Func<Tensor, Tensor> logits, StepContext step)
    {
        if (_all is null)
            return 0;
        _all.Next(outputs => Cost(logits(outputs), _train.Protected!, _train.Targets(), _train.Weights, step));
        return Weight * _all.Value;
    }

    /// <summary>Adds the gradient of <see cref="OfAll"/>, times a share, to what a step's backward pass left.</summary>
    public void AddOfAll(double share) => _all?.Add(share * Weight);

    /// <inheritdoc cref="AddOfAll(double)"/>
    public void AddOfAll(Tensor share) => _all?.Add(share * Weight);

    /// <summary>How far held-out rows are from the penalty's target, in its measure; null where it has none.</summary>
    /// <inheritdoc cref="Value"/>
    public double? Dependence(Tensor logits, TaskData rows, StepContext step)
    {
        if (_penalty.Target is not { } target)
            return null;
        var (columns, meter, weights) = (rows.Protected!, new DependenceMeter(target.CellRows), rows.Weights);
        return target.Measure switch
        {
            TargetMeasure.JensenShannon => meter.JensenShannon(Predictions(logits, rows.Targets()), columns, weights),
            TargetMeasure.Gap => meter.Gap(Predictions(logits, rows.Targets()), columns, weights),
            TargetMeasure.DistanceCorrelation => new DistanceCovariance { Correlation = true, Root = true, Statistic = weights is null ? DistanceStatistic.U : DistanceStatistic.V }
                .Value(Predictions(logits, rows.Targets()), columns, rows.Targets(), weights).ToDouble(),
            _ => Cost(logits, columns, rows.Targets(), weights, step).ToDouble(),
        };
    }

    /// <summary>Writes what the next steps depend on.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Weight);
        _all?.Write(writer);
    }

    /// <summary>Goes on where one of the same penalty and rows wrote itself.</summary>
    /// <exception cref="EndOfStreamException">There is less than <see cref="Write"/> writes.</exception>
    public void Read(BinaryReader reader)
    {
        var weight = reader.ReadDouble();
        if (_penalty.Target is not null) // else it is the recipe's, which may be another one than wrote itself
            Weight = weight;
        _all?.Read(reader);
    }

    private Tensor Cost(Tensor logits, ProtectedColumns columns, Targets targets, Tensor? weights, StepContext step) =>
        _penalty.Value(Predictions(logits, targets), columns, targets, weights, step);

    /// <summary>Probabilities or values, as penalties are given them.</summary>
    private Tensor Predictions(Tensor logits, Targets targets)
    {
        if (targets.AreReal)
            return logits;
        var said = _probabilities(logits);
        return _isBinary ? said.narrow(1, 1, 1) : said;
    }
}
