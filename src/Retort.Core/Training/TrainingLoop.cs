using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Retort;

/// <summary>The one place where networks are trained.</summary>
internal static class TrainingLoop
{
    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

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
    /// <param name="checkpoint">Where the run keeps its state and goes on from what is there.</param>
    /// <param name="resumed">Is told of the epoch in which it goes on.</param>
    /// <param name="calibrates">Whether half of the held-out rows calibrate, where the recipe or its loss asks for it; else all of them decide which epoch is best.</param>
    /// <param name="teaching">Where the teacher comes from; default the scores in the data, if any.</param>
    /// <param name="taught">Hears how many networks of an ensemble that teaches are trained, on their threads.</param>
    /// <param name="start">A network whose weights, medians and scales the run begins from; null draws weights and takes the rest from the training rows.</param>
    /// <param name="ensembles">Gives the networks of an ensemble that teaches, by all that they depend on beside the data, or has them made; null makes them for this run.</param>
    /// <exception cref="ArgumentException">The recipe does not fit the task, or the data not the recipe.</exception>
    /// <exception cref="DivergedRunException">The loss is no longer finite.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is of another run, or damaged.</exception>
    /// <exception cref="OperationCanceledException">The run was to end, and no epoch has.</exception>
    public static TrainingResult Run(
        Recipe recipe, LearningTask task, Dataset train, Dataset? validation, int environmentSeed, IProgress<EpochReport>? progress, Action checkCanceled,
        Place? place = null, CancellationToken stop = default, Checkpoint? checkpoint = null, Action<int>? resumed = null, bool calibrates = true,
        Teaching? teaching = null, Action<int>? taught = null, FittedNetwork? start = null,
        Func<string, Func<FittedNetwork[]>, FittedNetwork[]>? ensembles = null)
    {
        teaching ??= Teaching.Given;
        recipe.Validate(task);
        TaskData.CheckFits(train, task);
        if (validation is not null)
            TaskData.CheckFits(validation, task);

        place ??= Place.Cpu;
        var seeds = Seeds.Of(environmentSeed, recipe.Seed);
        var file = checkpoint is null ? null : new CheckpointFile(checkpoint, $"{recipe.ToJson()} {task} {seeds.Root} {place} {teaching}{(start is null ? "" : $" from {start.Fingerprint}")}", train, validation);
        using var rows = train.On(place.Device);
        var calibration = calibrates ? recipe.CalibrationFor(task) : null;
        if (validation is not null)
        {
            using var others = validation.On(place.Device);
            return Held(rows, others);
        }

        if (recipe.HoldOut == 0)
            return calibration is null ? Alone(rows)
                : throw Retort.Check.Wrong("HoldOut", $"be more than 0 where '{Methods.Of(calibration).Id}' calibrates what is held out", "0");

        var (kept, held) = HoldOut.Split(train, task, recipe.HoldOut, seeds.For("holdout"));
        using var training = rows.View(kept);
        using var heldOut = rows.View(held, allLabeled: true);
        return TaskData.HasWeight(training) && TaskData.HasWeight(heldOut) ? Held(training, heldOut)
            : calibration is null ? Alone(rows) // too few rows to spare any
            : throw Retort.Check.Wrong("The rows", $"be enough to hold out some that '{Methods.Of(calibration).Id}' calibrates", $"{rows.Rows}");

        TrainingResult Held(Dataset learned, Dataset others)
        {
            if (calibration is null)
                return Taught(learned, others);
            using var here = others.On(CPU);
            var (judging, calibrating) = HoldOut.Split(here, task, 0.5, seeds.For("calibration"));
            using var judges = others.View(judging);
            using var calibrates = here.View(calibrating);
            if (!TaskData.HasWeight(judges) || !TaskData.HasWeight(calibrates))
                throw Retort.Check.Wrong("The rows held out", $"be enough for early stopping and for '{Methods.Of(calibration).Id}'", $"{others.Rows}");
            var result = Taught(learned, judges);
            return result with { Network = NetworkCalibration.Of(result.Network, calibration, calibrates) };
        }

        TrainingResult Alone(Dataset learned) => Taught(learned, null);

        TrainingResult Taught(Dataset learned, Dataset? others)
        {
            if (teaching.Way == TeachingWay.Learned && recipe.Distillation?.NeedsEachTeacher == true)
                throw new ArgumentException($"The distillation '{Methods.Of(recipe.Distillation).Id}' follows each teacher by itself, so they must be given by Teacher.Average, but their weights are to be learned.");
            var (made, weights) = teaching.Way switch
            {
                TeachingWay.Ensemble => (Ensemble(learned, others), []),
                TeachingWay.Learned => TeacherMaking.Weighted(learned, others, task),
                _ => (null, Array.Empty<double>()),
            };
            using var taughtBy = made;
            return Run(recipe, task, taughtBy ?? learned, others, seeds, place, progress, Check, stop, file, resumed, taughtBy is null ? teaching : Teaching.Given, start) with { TeacherWeights = weights };
        }

        // of held-out rows the teachers must know no more than the student
        Dataset Ensemble(Dataset learned, Dataset? others)
        {
            var own = Retort.Check.Given(teaching.Recipe);
            own.Validate(task);
            using var known = learned.View(Labeled(learned), allLabeled: true);
            return TeacherMaking.Of(learned, ensembles is null ? Make() : ensembles($"{teaching} {task} {seeds.Root} {place} {learned.Rows} {others?.Rows}", Make));

            FittedNetwork[] Make() => TeacherMaking.Train(teaching.Networks, i => Run(own, task, known, others, seeds.Of($"teacher {i}"), place, null, Check, default, null, null, Teaching.Given).Network, taught);
        }

        static long[] Labeled(Dataset data)
        {
            using var here = data.Labeled?.cpu();
            var labeled = here is null ? null : Memory.Of<bool>(here).ToArray();
            return [.. Enumerable.Range(0, (int)data.Rows).Where(row => labeled?[row] != false).Select(row => (long)row)];
        }

        void Check()
        {
            checkCanceled();
            stop.ThrowIfCancellationRequested();
        }
    }

    private static TrainingResult Run(
        Recipe recipe, LearningTask task, Dataset train, Dataset? validation, Seeds seeds, Place place, IProgress<EpochReport>? progress, Action checkCanceled, CancellationToken stop,
        CheckpointFile? file, Action<int>? resumed, Teaching teaching, FittedNetwork? start = null)
    {
        using var oneThread = LibtorchThreads.One();
        using var withGradient = enable_grad();
        using var scope = NewDisposeScope();

        using var run = new TrainingRun(recipe, task, train, validation, seeds, place, teaching, start);
        var clock = Stopwatch.StartNew();
        var reports = new List<EpochReport>();
        var (epoch, before, from) = (1, TimeSpan.Zero, 0); // from: after how many epochs it went on from another run
        if (file?.TryRead(Read) == true)
            resumed?.Invoke(epoch);
        else if (file?.TryReadFrom(Read) == true)
            Adopt();
        var patienceFrom = Math.Max(from, (int)((recipe.Averaging?.Begin ?? 0) * recipe.Epochs));
        try
        {
            for (; epoch <= recipe.Epochs && epoch - Math.Max(run.BestEpoch, patienceFrom) <= recipe.Patience; epoch++)
            {
                var loss = run.Epoch(epoch, BeforeStep, checkCanceled);
                var (norm, sum) = run.Gradients.Means();
                var validationLoss = run.Review(epoch, checkCanceled);
                reports.Add(new(epoch, recipe.Epochs, loss, validationLoss, run.LearningRate, before + clock.Elapsed, norm, sum) { Rows = run.RowsOfEpoch, Dependence = run.Dependence, PenaltyWeight = run.Dependence is null ? null : run.PenaltyWeight });
                run.Next();
                progress?.Report(reports[^1]);
            }
        }
        catch (OperationCanceledException e) when (stop.IsCancellationRequested && e.CancellationToken == stop && run.BestEpoch > 0)
        {
            return new(run.Best(), reports, run.BestEpoch, Stopped: true) { Target = run.Target };
        }
        catch (DivergedRunException)
        {
            file?.Remove(); // whoever went on from there would end here
            throw;
        }

        file?.End();
        return new(run.Best(), reports, run.BestEpoch, Stopped: false) { Target = run.Target };

        void BeforeStep()
        {
            if (file?.IsDue == true)
                file.Write(Write);
            try
            {
                checkCanceled();
            }
            catch (OperationCanceledException)
            {
                file?.Write(Write);
                throw;
            }
        }

        void Adopt()
        {
            if (epoch > recipe.Epochs)
                throw Retort.Check.Wrong("Epochs", $"be at least the {epoch} that the checkpoint has begun", $"{recipe.Epochs}");
            run.Adopt();
            (from, before) = (epoch - 1, TimeSpan.Zero);
            reports.Clear();
            resumed?.Invoke(epoch);
        }

        void Write(BinaryWriter writer)
        {
            writer.Write(epoch);
            writer.Write(from);
            writer.Write((before + clock.Elapsed).Ticks);
            writer.Write(JsonSerializer.Serialize(reports, s_json));
            run.Write(writer);
        }

        void Read(BinaryReader reader)
        {
            (epoch, from) = (reader.ReadInt32(), reader.ReadInt32());
            before = TimeSpan.FromTicks(reader.ReadInt64());
            reports.AddRange(JsonSerializer.Deserialize<EpochReport[]>(reader.ReadString(), s_json)!);
            run.Read(reader);
        }
    }
}
