using System.Diagnostics;

namespace Retort;

/// <summary>The one place where networks are trained.</summary>
internal static class TrainingLoop
{
    /// <summary>Trains a network from its starting weights and returns that of the best epoch.</summary>
    /// <remarks>The same recipe, data and seed give the same bits, on whatever thread; nothing global is changed.</remarks>
    /// <param name="recipe">What to train, and how.</param>
    /// <param name="task">What the network is to predict.</param>
    /// <param name="train">The rows to learn from.</param>
    /// <param name="validation">Rows that decide which epoch is best; null holds out the recipe's share of the training rows. Without any, all epochs are trained and the last is kept.</param>
    /// <param name="environmentSeed">Where random numbers begin, together with the recipe's seed.</param>
    /// <param name="progress">Is told after every epoch, on the calling thread's time.</param>
    /// <param name="checkCanceled">Throws where the run is to end with nothing; called before every step and every block of validation rows.</param>
    /// <param name="place">Where the network is trained; default the CPU.</param>
    /// <param name="stop">Ends the run as soon, with the best epoch so far.</param>
    /// <exception cref="ArgumentException">The recipe does not fit the task, or the data not the recipe.</exception>
    /// <exception cref="DivergenceException">The loss is no longer finite.</exception>
    /// <exception cref="OperationCanceledException">The run was to end, and no epoch has.</exception>
    public static TrainingResult Run(
        Recipe recipe, LearningTask task, Dataset train, Dataset? validation, int environmentSeed, IProgress<EpochReport>? progress, Action checkCanceled,
        Place? place = null, CancellationToken stop = default)
    {
        recipe.Validate(task);
        TaskData.CheckFits(train, task);
        if (validation is not null)
            TaskData.CheckFits(validation, task);

        place ??= Place.Cpu;
        var seeds = Seeds.Of(environmentSeed, recipe.Seed);
        using var rows = train.On(place.Device);
        if (validation is not null || recipe.HoldOut == 0)
        {
            using var others = validation?.On(place.Device);
            return Run(recipe, task, rows, others, seeds, place, progress, Check, stop);
        }

        var (kept, held) = HoldOut.Split(train, task, recipe.HoldOut, seeds.For("holdout"));
        using var training = rows.View(kept);
        using var heldOut = rows.View(held);
        return TaskData.HasWeight(training) && TaskData.HasWeight(heldOut)
            ? Run(recipe, task, training, heldOut, seeds, place, progress, Check, stop)
            : Run(recipe, task, rows, null, seeds, place, progress, Check, stop); // too few rows to spare any

        void Check()
        {
            checkCanceled();
            stop.ThrowIfCancellationRequested();
        }
    }

    private static TrainingResult Run(
        Recipe recipe, LearningTask task, Dataset train, Dataset? validation, Seeds seeds, Place place, IProgress<EpochReport>? progress, Action checkCanceled, CancellationToken stop)
    {
        using var oneThread = LibtorchThreads.One();
        using var withGradient = enable_grad();
        using var scope = NewDisposeScope();

        var run = new TrainingRun(recipe, task, train, validation, seeds, place);
        var clock = Stopwatch.StartNew();
        var reports = new List<EpochReport>();
        var patienceFrom = (int)((recipe.Averaging?.Begin ?? 0) * recipe.Epochs);
        try
        {
            for (var epoch = 1; epoch <= recipe.Epochs && epoch - Math.Max(run.BestEpoch, patienceFrom) <= recipe.Patience; epoch++)
            {
                var loss = run.Epoch(epoch, checkCanceled);
                var (norm, sum) = run.Gradients.Means();
                var validationLoss = run.Review(epoch, checkCanceled);
                reports.Add(new(epoch, recipe.Epochs, loss, validationLoss, run.LearningRate, clock.Elapsed, norm, sum));
                progress?.Report(reports[^1]);
            }
        }
        catch (OperationCanceledException e) when (e.CancellationToken == stop && run.BestEpoch > 0)
        {
            return new(run.Best(), reports, run.BestEpoch, Stopped: true);
        }

        return new(run.Best(), reports, run.BestEpoch, Stopped: false);
    }
}
