namespace Retort;

/// <summary>The rows of several runs that are judged together: those to learn from, to judge by, and to calibrate on. Whoever makes it disposes it.</summary>
/// <param name="Learned">What all runs are trained on.</param>
/// <param name="Judging">What decides, on the CPU.</param>
/// <param name="Calibrating">What calibrates the result, on the CPU; null where nothing is calibrated.</param>
internal sealed record HeldRows(Dataset Learned, Dataset Judging, Dataset? Calibrating) : IDisposable
{
    /// <summary>As <see cref="TrainingLoop"/> splits them for one recipe.</summary>
    /// <exception cref="ArgumentException">No rows are held out, or too few.</exception>
    public static HeldRows Of(Recipe recipe, LearningTask task, Dataset train, Dataset? validation, int environmentSeed)
    {
        var seeds = Seeds.Of(environmentSeed, recipe.Seed);
        if (validation is null && recipe.HoldOut == 0)
            throw new ArgumentException("Networks that are compared must have rows to be judged by, but none are held out; set HoldOut above 0, or give validation rows.");
        var (kept, held) = validation is null ? HoldOut.Split(train, task, recipe.HoldOut, seeds.For("holdout")) : ([], []);
        var learned = validation is null ? train.View(kept) : train.On(CPU);
        var others = validation is null ? train.View(held, allLabeled: true) : validation.On(CPU);
        if (recipe.CalibrationFor(task) is null)
            return new HeldRows(learned, others, null).Checked();
        using (others)
        {
            var (judging, calibrating) = HoldOut.Split(others, task, 0.5, seeds.For("calibration"));
            return new HeldRows(learned, others.View(judging), others.View(calibrating)).Checked();
        }
    }

    /// <summary>The rows to learn from and to calibrate on where nothing is judged any more: what <see cref="Of"/> learns from and judges by together. Whoever calls it disposes what it gives.</summary>
    public static (Dataset Learned, Dataset? Calibrating) ForRefit(Recipe recipe, LearningTask task, Dataset train, int environmentSeed)
    {
        if (recipe.CalibrationFor(task) is null)
            return (train.On(CPU), null);
        var seeds = Seeds.Of(environmentSeed, recipe.Seed);
        var (kept, held) = HoldOut.Split(train, task, recipe.HoldOut, seeds.For("holdout"));
        using var others = train.View(held, allLabeled: true);
        var (judging, calibrating) = HoldOut.Split(others, task, 0.5, seeds.For("calibration"));
        return (train.View([.. kept.Concat(judging.Select(row => held[row])).Order()]), others.View(calibrating));
    }

    public void Dispose()
    {
        Learned.Dispose();
        Judging.Dispose();
        Calibrating?.Dispose();
    }

    private HeldRows Checked()
    {
        if (TaskData.HasWeight(Learned) && TaskData.HasWeight(Judging) && (Calibrating is null || TaskData.HasWeight(Calibrating)))
            return this;
        var rows = Learned.Rows + Judging.Rows;
        Dispose();
        throw Check.Wrong("The rows", "be enough to hold out some that networks are judged by", $"{rows}");
    }
}
