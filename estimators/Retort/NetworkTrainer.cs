using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Retort;

/// <summary>Trains a network from a recipe, the labels and, where one is given, a teacher.</summary>
/// <remarks>
/// <para>Reads the feature column (a vector of float of known size; normalise it first), the label, and where they are named the weight
/// (float, at least 0), category (keys) and group columns (key, text or integer: a group is held out whole or not at all).
/// Rows without a label learn from the teacher alone where there is one that knows them, else they are left out; the log says how many. In float labels NaN is a missing label.</para>
/// <para><see cref="Fit"/> may be called again, with other data and on several threads at once. Two fits with the seed of the context, the
/// same recipe and the same data give the same bits.</para>
/// </remarks>
/// <typeparam name="TTransformer">What <see cref="Fit"/> gives.</typeparam>
public abstract class NetworkTrainer<TTransformer> : ITrainerEstimator<TTransformer, NetworkModel>
    where TTransformer : NetworkTransformer
{
    private readonly IHostEnvironment _environment;
    private readonly LearningTask _task;
    private readonly NetworkTraining _training;

    private protected NetworkTrainer(IHostEnvironment environment, LearningTask task, NetworkTraining training)
    {
        training.Recipe.Validate(task);
        if (training is { Unlabeled: not null, Teacher: null })
            throw new ArgumentException("Unlabelled rows must have a teacher to learn from, but none is given.");
        if (training is { Unlabeled: not null, Teacher.Teaching.Way: TeachingWay.Self or TeachingWay.Online })
            throw new ArgumentException($"Unlabelled rows must have a teacher that knows them before the run, but the teacher is {Teacher.Say(training.Teacher.Teaching.Way)}.");
        (_environment, _task, _training) = (environment, task, training);
    }

    /// <inheritdoc/>
    public TrainerInfo Info => HostAccess.Info;

    internal LearningTask Task => _task;

    internal CancellationToken Stop => _training.Stop;

    internal bool HasStart => _training.Start is not null;

    internal NetworkColumns Columns => _training.Columns;

    internal Teaching Teaching => _training.Teacher?.Teaching ?? Teaching.Given;

    /// <summary>The choices that the network is trained with.</summary>
    public Recipe Recipe => _training.Recipe;

    /// <summary>Reads the data in one pass and trains the network.</summary>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be learned from.</exception>
    /// <exception cref="NotSupportedException">A GPU is asked for that is not there, and the context does not allow the CPU instead.</exception>
    /// <exception cref="DivergenceException">The loss or the weights became NaN or infinite; the exception holds the best network before.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is of another recipe or other data, or damaged.</exception>
    /// <exception cref="OperationCanceledException">The context's execution was cancelled, or training was stopped before the end of its first epoch.</exception>
    public TTransformer Fit(IDataView input) => With(input, rows => rows.Train(Recipe, _training.Progress, _training.Checkpoint, ""));

    /// <summary>Reads the data once, for one run or for several at once.</summary>
    /// <param name="input">The data.</param>
    /// <param name="use">Trains on its rows, which are gone afterwards.</param>
    /// <param name="ensembles">Keeps the networks of an ensemble that teaches several runs.</param>
    internal T With<T>(IDataView input, Func<RowsToTrain<TTransformer>, T> use, Func<string, Func<FittedNetwork[]>, FittedNetwork[]>? ensembles = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        var host = _environment.Register(GetType().Name);
        using var channel = host.Start("Training");
        var place = HostAccess.Place(_environment, Recipe, channel);
        var columns = _training.Columns;
        var teaching = Teaching;
        var ignores = Recipe.Distillation is { Weight: 0, Mode: not DistillationMode.Replace }; // bit by bit as without a teacher
        var reader = new DatasetReader(columns, _task, channel, CheckReading);
        var train = reader.Read(input, _training.Teacher, null, Reading());
        using var rows = train.Rows;
        using var validation = _training.Validation is null ? null : reader.Read(_training.Validation, teaching.Way == TeachingWay.Learned ? _training.Teacher : null, train, Reading() with { KeepsUnlabeled = false, Unlabeled = null, Networks = false }).Rows;

        CheckStart(train.Classes);
        var seed = HostAccess.Seed(_environment); // a context without one gives another each time
        return use(new(rows, validation, train.Classes?.Names, seed, place, channel, Train) { TrainOn = TrainOn, Transformer = Transformer });

        TTransformer Train(Recipe recipe, IProgress<EpochReport>? progress, Checkpoint? checkpoint, string name)
        {
            try
            {
                var result = TrainingLoop.Run(
                    recipe, _task, rows, validation, seed, new ChannelProgress(channel, progress, name), () => HostAccess.CheckCanceled(host), place,
                    _training.Stop, checkpoint, epoch => channel.Info(MessageSensitivity.None, "{0}", $"Training goes on in epoch {epoch}, from checkpoint '{checkpoint!.Path}'."),
                    teaching: teaching, taught: Taught, start: _training.Start?.Fitted);
                if (result.Network.Calibrator is { } calibrator)
                    channel.Info(MessageSensitivity.None, "{0}", $"{name}{calibrator.Calibration} was fitted on half of the rows held out.");
                if (result.TeacherWeights.Count > 0)
                    channel.Info(MessageSensitivity.None, "{0}", $"{name}The teachers' weights, learned on the rows held out, are {string.Join(", ", result.TeacherWeights.Select(weight => weight.ToString("F3", CultureInfo.InvariantCulture)))}.");
                if (result.Stopped)
                    channel.Warning(MessageSensitivity.None, "{0}", $"{name}Training was stopped in epoch {result.Epochs.Count + 1}; the network is that of epoch {result.BestEpoch}.");
                if (result.Target is { } outcome)
                    Tell(channel, recipe.Penalty!.Target!, outcome);
                return Transformer(result.Network, recipe with { Ancestry = null }, result.Target);
            }
            catch (DivergedRunException e)
            {
                throw new DivergenceException(e, e.LastGoodEpoch > 0 ? Transformer(e.LastGood, recipe with { Ancestry = null }) : null);
            }
        }

        TrainingResult TrainOn(Recipe recipe, Dataset kept, Dataset? held, FittedNetwork? start, IProgress<EpochReport>? progress, string name, bool calibrates, Checkpoint? checkpoint, CancellationToken? stop, Action<int>? resumed) => TrainingLoop.Run(
            recipe, _task, kept, held, seed, new ChannelProgress(channel, progress, name), () => HostAccess.CheckCanceled(host), place, stop ?? _training.Stop, checkpoint, resumed, calibrates, teaching: teaching, taught: Taught,
            start: start ?? _training.Start?.Fitted, ensembles: ensembles);

        TTransformer Transformer(FittedNetwork network, Recipe recipe, PenaltyOutcome? target = null) =>
            (TTransformer)NetworkTransformer.Create(new NetworkModel(network, recipe) { Target = target }, columns.Features, columns.Categories, train.Classes);

        // of another order they would be other outputs; merges match them by name, a run does not move what its fingerprint is of
        void CheckStart(ClassValues? classes)
        {
            if (_training.Start?.ClassNames is { } known && classes is not null && !known.SequenceEqual(classes.Names))
                throw new ArgumentException($"The start must have the label's classes in the same order, {ClassMatch.Say(classes.Names)}, but has {ClassMatch.Say(known)}.");
        }

        TeacherReading Reading() => new()
        {
            KeepsUnlabeled = _training.Teacher is not null && teaching.Way is not (TeachingWay.Self or TeachingWay.Online) && !ignores,
            Unlabeled = ignores ? null : _training.Unlabeled,
            Networks = Recipe.Distillation is { } distillation && (distillation.AsksNetworks || Methods.Of(distillation).Needs.HasFlag(Needs.TeacherFeatures)),
            Each = Recipe.Distillation?.NeedsEachTeacher == true || teaching.Way is TeachingWay.Learned or TeachingWay.Balanced,
            AllowsFewerClasses = Recipe.Distillation?.AllowsFewerClasses ?? false,
            Cache = (_training.Teacher?.CacheFolder ?? (_training.Checkpoint is { } checkpoint ? Path.GetDirectoryName(Path.GetFullPath(checkpoint.Path)) : null)) is { } folder ? new ScoreCache(folder, CheckReading) : null,
        };

        void Taught(int done)
        {
            channel.Info(MessageSensitivity.None, "{0}", $"{done} of {teaching.Networks} networks that teach are trained.");
            _training.Teacher?.Progress?.Report(done);
        }

        void CheckReading()
        {
            HostAccess.CheckCanceled(host);
            _training.Stop.ThrowIfCancellationRequested();
        }
    }

    private static void Tell(IChannel channel, PenaltyTarget target, PenaltyOutcome outcome)
    {
        var fact = string.Create(CultureInfo.InvariantCulture, $"{target.Measure} {outcome.Measured:g4} on the validation rows with the penalty at weight {outcome.Weight:g4}, where at most {target.Value:g4} was asked for; the network is that of epoch {outcome.Epoch}");
        if (outcome.Met)
            channel.Info(MessageSensitivity.None, "{0}", $"The target of the penalty is met: {fact}, the best of those that meet it.");
        else
            channel.Warning(MessageSensitivity.None, "{0}", $"The target of the penalty is not met: {fact}, which comes nearest.");
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        Shapes.CheckInput(inputSchema, _task, _training.Columns);
        return Shapes.WithScores(inputSchema, _task, _training.Columns.Label, Recipe.LossFor(_task).Link(new PartState()).Function);
    }

    /// <summary>Tells the log, and whoever listens, about each epoch.</summary>
    private sealed class ChannelProgress(IChannel channel, IProgress<EpochReport>? listener, string name) : IProgress<EpochReport>
    {
        public void Report(EpochReport value)
        {
            var validation = value.ValidationLoss is { } loss ? string.Create(CultureInfo.InvariantCulture, $", validation loss {loss:g6}") : "";
            if (value.Dependence is { } dependence)
                validation += string.Create(CultureInfo.InvariantCulture, $", dependence {dependence:g4} with the penalty at weight {value.PenaltyWeight:g4}");
            channel.Info(MessageSensitivity.None, "{0}", string.Create(CultureInfo.InvariantCulture, $"{name}Epoch {value.Epoch} of {value.Epochs}: training loss {value.TrainLoss:g6}{validation}."));
            listener?.Report(value);
        }
    }
}

/// <summary>Rows that were read, and how networks are trained on them: on one thread or on several at once.</summary>
internal sealed record RowsToTrain<TTransformer>(
    Dataset Rows, Dataset? Validation, IReadOnlyList<string>? Classes, int Seed, Place Place, IChannel Channel, Func<Recipe, IProgress<EpochReport>?, Checkpoint?, string, TTransformer> Train)
{
    /// <summary>Trains on rows that were split by the caller, from a start or from the trainer's.</summary>
    public required TrainOnRows TrainOn { get; init; }

    /// <summary>A network as what the trainer gives.</summary>
    public required Func<FittedNetwork, Recipe, PenaltyOutcome?, TTransformer> Transformer { get; init; }
}

/// <summary>Trains a network on rows that may have been split by the caller.</summary>
/// <param name="recipe">How.</param>
/// <param name="kept">What is learned from.</param>
/// <param name="held">What says which epoch is best; null holds out the recipe's share.</param>
/// <param name="start">Where the weights begin; null for where the trainer's do.</param>
/// <param name="progress">Hears of every epoch.</param>
/// <param name="name">How the log calls the run.</param>
/// <param name="calibrates">Whether half of the held-out rows calibrate, where the recipe asks for it.</param>
/// <param name="checkpoint">Where the run keeps its state.</param>
/// <param name="stop">Ends the run with what it has; null for the trainer's own.</param>
/// <param name="resumed">Is told of the epoch in which the run goes on.</param>
internal delegate TrainingResult TrainOnRows(
    Recipe recipe, Dataset kept, Dataset? held, FittedNetwork? start, IProgress<EpochReport>? progress, string name, bool calibrates = false, Checkpoint? checkpoint = null, CancellationToken? stop = null, Action<int>? resumed = null);

/// <summary>What a trainer was given.</summary>
internal sealed record NetworkTraining(Recipe Recipe, Teacher? Teacher, NetworkColumns Columns, IDataView? Validation, IDataView? Unlabeled, IProgress<EpochReport>? Progress, CancellationToken Stop, Checkpoint? Checkpoint)
{
    /// <summary>Whose weights the run begins from; null draws them.</summary>
    public NetworkTransformer? Start { get; init; }
}
