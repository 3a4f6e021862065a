using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Retort;

/// <summary>Trains several networks from one start and averages their weights into one: as good as the best of them or better, and no slower to score than one.</summary>
/// <remarks>
/// <para>The start is a given model, or a short run by the first recipe. From there each recipe trains a network of its own, on as many threads as there are processors (one after the other on a GPU): recipes that differ
/// in learning rate, mixing, loss weights, dropout, seed and the like, but not in the network. All of them hold out the same rows, those of the first recipe's seed, which stop them early and judge the soup;
/// with a calibration, half of these calibrate the result instead. Each ingredient's bits do not depend on the number of threads.</para>
/// <para>Ingredients whose training diverges, or is stopped before its first epoch ends, are left out; the log says so. The result's recipe is the first one's, with the ingredients as its <see cref="Recipe.Ancestry"/>.</para>
/// <para>Narrow recipes make good soups: learning rates within a few times of each other and a schedule that does not leave the start's surroundings. Networks that went far apart have a barrier between them,
/// which no mean crosses; <see cref="GreedySoup"/> then keeps the best ingredient alone.</para>
/// </remarks>
/// <typeparam name="TTransformer">What <see cref="Fit"/> gives.</typeparam>
public sealed class SoupTrainer<TTransformer> : ITrainerEstimator<TTransformer, NetworkModel>
    where TTransformer : NetworkTransformer
{
    private readonly NetworkTrainer<TTransformer> _trainer;
    private readonly Recipe[] _recipes;
    private readonly Soup _soup;
    private readonly int _startEpochs;
    private readonly IProgress<SoupReport>? _progress;

    internal SoupTrainer(NetworkTrainer<TTransformer> trainer, IReadOnlyList<Recipe> recipes, Soup soup, int startEpochs, IProgress<SoupReport>? progress)
    {
        soup.Validate();
        soup.Validate(trainer.Task);
        if (recipes.Count < 2)
            throw Check.Wrong("The number of recipes of a soup", "be at least 2", $"{recipes.Count}");
        Check.AtLeast(startEpochs, 1);
        if (soup.NeedsGroups && trainer.Columns.Protected.Count == 0)
            throw new ArgumentException("A soup with MostGap below 1 must have protected columns, but none are named.");
        for (var k = 1; k < recipes.Count; k++)
            CheckFits(recipes, k, trainer.Task);
        (_trainer, _recipes, _soup, _startEpochs, _progress) = (trainer, [.. recipes.Select(recipe => recipe with { Ancestry = null })], soup, startEpochs, progress);
    }

    /// <inheritdoc/>
    public TrainerInfo Info => _trainer.Info;

    /// <summary>What each ingredient is trained by.</summary>
    public IReadOnlyList<Recipe> Recipes => _recipes;

    /// <summary>Which ingredients are averaged, and how.</summary>
    public Soup Soup => _soup;

    /// <summary>Reads the data in one pass, trains all ingredients and makes the soup.</summary>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be learned from, or no rows are held out to judge by.</exception>
    /// <exception cref="DivergenceException">The start or all ingredients diverged.</exception>
    /// <exception cref="OperationCanceledException">The context's execution was cancelled, or training was stopped before any ingredient had ended an epoch.</exception>
    public TTransformer Fit(IDataView input) => _trainer.With(input, Make);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _trainer.GetOutputSchema(inputSchema);

    private TTransformer Make(RowsToTrain<TTransformer> data)
    {
        using var held = HeldRows.Of(_recipes[0], _trainer.Task, data.Rows, data.Validation, data.Seed);
        var start = _trainer.HasStart ? null : Start(data, held);
        var ingredients = new FittedNetwork?[_recipes.Length];
        DivergedRunException? diverged = null;
        try
        {
            // where a network is on a GPU, another one there would only make it slower
            Parallel.For(0, ingredients.Length, new() { MaxDegreeOfParallelism = data.Place.IsManaged ? Environment.ProcessorCount : 1 }, k =>
            {
                try
                {
                    ingredients[k] = data.TrainOn(_recipes[k], held.Learned, held.Judging, start, _progress is null ? null : new Numbered(k, ingredients.Length, _progress), $"Ingredient {k + 1}: ").Network;
                }
                catch (DivergedRunException e)
                {
                    Interlocked.CompareExchange(ref diverged, e, null);
                    data.Channel.Warning(MessageSensitivity.None, "{0}", $"Ingredient {k + 1} is left out: {e.Message}");
                }
                catch (OperationCanceledException e) when (_trainer.Stop.IsCancellationRequested && e.CancellationToken == _trainer.Stop)
                {
                    data.Channel.Warning(MessageSensitivity.None, "{0}", $"Ingredient {k + 1} is left out: training was stopped before its first epoch ended.");
                }
            });
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]); // as if one had been trained alone
        }

        int[] made = [.. Enumerable.Range(0, ingredients.Length).Where(k => ingredients[k] is not null)];
        if (made.Length == 0)
            throw diverged is null ? new OperationCanceledException("Training was stopped before any ingredient had ended its first epoch.", _trainer.Stop) : new DivergenceException(diverged, null);
        return Stir(data, held, [.. made.Select(k => ingredients[k]!)], [.. made.Select(k => _recipes[k])]);
    }

    /// <summary>A short run by the first recipe.</summary>
    private FittedNetwork Start(RowsToTrain<TTransformer> data, HeldRows held)
    {
        try
        {
            return data.TrainOn(_recipes[0] with { Epochs = _startEpochs }, held.Learned, held.Judging, null, null, "Start: ").Network;
        }
        catch (DivergedRunException e)
        {
            throw new DivergenceException(e, null);
        }
    }

    private TTransformer Stir(RowsToTrain<TTransformer> data, HeldRows held, FittedNetwork[] ingredients, Recipe[] recipes)
    {
        var (network, kept, measure) = NetworkSoup.Of(ingredients, _soup, held.Judging);
        double[] losses = [.. ingredients.Select(ingredient => NetworkSoup.Judge(ingredient, held.Judging, _soup).HeldLoss)];
        data.Channel.Info(MessageSensitivity.None, "{0}", $"{_soup} keeps {kept.Count(own => own)} of {_recipes.Length} ingredients; held-out loss {Check.Text(Math.Round(measure.HeldLoss, 6))}, the best ingredient's {Check.Text(Math.Round(losses.Min(), 6))}.");
        if (held.Calibrating is not null)
            network = NetworkCalibration.Of(network, _recipes[0].CalibrationFor(_trainer.Task)!, held.Calibrating);
        var model = data.Transformer(network, _recipes[0] with
        {
            Ancestry = new(_soup, network.Origin, ValueList.Of<Ancestor>([.. ingredients.Select((ingredient, k) => new Ancestor(ingredient.Fingerprint, kept[k], recipes[k]))])),
        }, null);
        model.Model.Soup = new(ValueList.Of<double>(losses), ValueList.Of<bool>(kept), measure.HeldLoss);
        return model;
    }

    private static void CheckFits(IReadOnlyList<Recipe> recipes, int k, LearningTask task)
    {
        var (first, own) = (recipes[0], recipes[k]);
        own.Validate(task);
        for (var other = 0; other < k; other++)
            if (recipes[other] with { Ancestry = null } == own with { Ancestry = null })
                throw new ArgumentException($"The recipes of a soup must differ, but recipes {other + 1} and {k + 1} are the same; give them other seeds at least.");
        if (own.Network.WithoutDropout != first.Network.WithoutDropout)
            throw Check.Wrong($"The network of recipe {k + 1}", $"be that of the first recipe but for its Dropout, {first.Network}", $"{own.Network}");
        if (own.HoldOut != first.HoldOut)
            throw Check.Wrong($"HoldOut of recipe {k + 1}", $"be that of the first recipe, {Check.Text(first.HoldOut)}, since all are judged on the same rows", Check.Text(own.HoldOut));
        if (own.CalibrationFor(task) != first.CalibrationFor(task))
            throw Check.Wrong($"The calibration of recipe {k + 1}", $"be that of the first recipe, {first.CalibrationFor(task)?.ToString() ?? "null"}, since the soup is calibrated", own.CalibrationFor(task)?.ToString() ?? "null");
        if (own.Distillation?.GetType() != first.Distillation?.GetType())
            throw Check.Wrong($"The distillation of recipe {k + 1}", $"be of the first recipe's method, {first.Distillation?.ToString() ?? "null"}, since the teacher is read once", own.Distillation?.ToString() ?? "null");
        if (own.Device != first.Device)
            throw Check.Wrong($"Device of recipe {k + 1}", $"be that of the first recipe, {first.Device}", $"{own.Device}");
    }

    private sealed class Numbered(int ingredient, int ingredients, IProgress<SoupReport> listener) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => listener.Report(new(ingredient + 1, ingredients, value));
    }
}
