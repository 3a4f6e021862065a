using Microsoft.ML.AutoML;

namespace Retort;

/// <summary>Trains the members of a population interval by interval.</summary>
/// <remarks>What becomes of a member follows from the losses of all at the ends of intervals and from the seed, so that a search that goes on needs no more than its table and the states at the end of an interval.</remarks>
internal sealed class PopulationRunner<TTransformer>(
    Population population, LearningTask task, SweepSettings settings, RecipeSpace space, Seeds seeds, RowsToTrain<TTransformer> data, long rows, SweepRunner<TTransformer> runner, SweepFile file, SweepWatch watch, SweepThreads threads)
{
    private readonly Exploration _exploration = new(space, population.Resample);

    /// <summary>What becomes of networks that begin together; null where one was stopped before its first epoch had ended.</summary>
    /// <param name="first">The number of the first.</param>
    /// <param name="proposed">The recipe of the first.</param>
    /// <param name="stop">Ends it as soon.</param>
    public SweepTrial?[] Run(int first, Recipe proposed, CancellationToken stop)
    {
        if (stop.IsCancellationRequested && !runner.Knows(first, 0))
            return [];
        Member[] members = [.. Enumerable.Range(0, population.Members).Select(place => new Member(first + place, place == 0 ? proposed : _exploration.Draw(proposed, seeds.Stream($"member {first + place}"))))];
        var begun = members.Select(member => new TrialSettings { TrialId = member.Number, StartedAtUtc = DateTime.UtcNow, Parameter = space.Write(member.Recipe) }).ToArray();
        foreach (var one in begun)
            watch.Begun(one);
        var intervals = (proposed.Epochs + population.Interval - 1) / population.Interval;
        var (isOver, patientUntil) = (false, (int)((proposed.Averaging?.Begin ?? 0) * proposed.Epochs));
        for (var interval = 0; !isOver; interval++)
        {
            var (from, until) = (interval * population.Interval, Math.Min((interval + 1) * population.Interval, proposed.Epochs));
            var piece = new RunPiece(interval, intervals, from, until) { EndsEarly = false };
            var jobs = members.Select(member => threads.Run(0, () => stop.IsCancellationRequested && !runner.Knows(member.Number, piece.Number) ? null : Train(member, piece, stop))).ToArray();
            foreach (var (member, job) in members.Zip(jobs))
                member.Last = job.GetAwaiter().GetResult();
            foreach (var member in members)
                member.End(from + 1);
            if (members.Any(member => member.Last is null || member.Last.Failure is null && member.Last.Rungs <= interval))
                break; // stopped on the way
            Clear(interval - 1);
            isOver = interval == intervals - 1 || members.All(member => member.Last!.Failure is not null) || until - Math.Max(members.MinBy(member => member.Loss)!.BestEpoch, patientUntil) > proposed.Patience;
            if (!isOver)
                Exploit(members, interval);
            else
                Clear(interval);
        }

        SweepTrial?[] trials = [.. members.Select(member => member.Result(isOver ? settings.Rungs : 0))];
        foreach (var (one, trial) in begun.Zip(trials))
            if (trial is not null)
                watch.Ended(one, trial, isOver);
        if (isOver)
            foreach (var member in members)
                runner.Leave(member.Number);
        return trials;

        void Clear(int interval)
        {
            foreach (var member in members)
                file.Clear(member.Number, interval);
        }
    }

    private SweepTrial? Train(Member member, RunPiece piece, CancellationToken stop)
    {
        if (file.Ended(member.Number, piece.Number) is { } known)
            return known;
        var checkpoint = file.Checkpoint(member.Number, piece.Number) with { From = member.Parent is { } parent ? file.Checkpoint(parent, piece.Number - 1).Path : null, Keep = true };
        var (trial, network) = Train(member.Number, member.Recipe, piece, checkpoint, stop);
        if (trial is null)
            return null;
        network = trial.Loss < member.Loss ? network : null;
        if (network is not null)
            runner.Keep(member.Number, network);
        if (trial.Failure is not null || trial.Rungs > piece.Number) // else it was stopped on the way
            file.Add(piece.Number, trial, network);
        runner.Tell(trial);
        return trial;
    }

    private (SweepTrial? Trial, FittedNetwork? Network) Train(int number, Recipe recipe, RunPiece piece, Checkpoint checkpoint, CancellationToken stop)
    {
        var epochs = piece.From;
        try
        {
            recipe.Validate(task);
            var result = piece.Train(data, recipe, checkpoint, $"Trial {number}: ", stop, reached => epochs = reached);
            var ended = !result.Stopped ? piece.Of : epochs < piece.Until ? piece.Number : piece.Number + 1;
            return (new(number, recipe, ended, epochs, result.BestEpoch, runner.Judge(result.Network), result.Epochs.Sum(report => (double)report.Rows), null), result.Network);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return (null, null);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InvalidOperationException or DivergedRunException)
        {
            return (new(number, recipe, piece.Number, epochs, 0, [], (recipe.Subset?.Share ?? 1) * Math.Max(0, epochs - piece.From) * rows, e.Message), null);
        }
    }

    /// <summary>The weakest become changed copies of the strongest, as do those that failed.</summary>
    private void Exploit(Member[] members, int interval)
    {
        var ranked = members.Where(member => member.Last!.Failure is null).OrderBy(member => member.Last!.Loss).ThenBy(member => member.Number).ToArray();
        var replaced = population.Replaced(members.Length);
        var strong = ranked.Take(Math.Max(1, replaced)).Select(member => member.Copy()).ToArray();
        var weak = members.Except(ranked).Concat(ranked.TakeLast(Math.Min(ranked.Length / 2, replaced - members.Length + ranked.Length))).ToHashSet();
        foreach (var member in members)
        {
            var random = seeds.Stream($"member {member.Number} after interval {interval}");
            if (weak.Contains(member) && strong[random.Below(strong.Length)] is var parent)
                member.Become(parent, _exploration.Change(parent.Recipe, random));
            else
                member.Parent = member.Number;
        }
    }

    /// <summary>One network of a population.</summary>
    private sealed class Member(int number, Recipe recipe)
    {
        private List<RecipeStage> _stages = [];
        private SweepTrial? _best;
        private ValueList<RecipeStage> _ofBest = [];
        private double _rows;
        private int _epochs;

        public int Number => number;

        public Recipe Recipe { get; private set; } = recipe;

        /// <summary>Whose state it goes on from; null at the beginning.</summary>
        public int? Parent { get; set; }

        /// <summary>What came of the last interval; null where it was stopped.</summary>
        public SweepTrial? Last { get; set; }

        public double Loss => _best?.Loss ?? double.PositiveInfinity;

        public int BestEpoch => _best?.BestEpoch ?? 0;

        public Member Copy() => (Member)MemberwiseClone();

        /// <summary>Takes an interval into account.</summary>
        /// <param name="first">The epoch with which it began.</param>
        public void End(int first)
        {
            if (Last is null)
                return;
            _rows += Last.RowEpochs;
            _epochs += Math.Max(0, Last.Epochs - first + 1);
            _stages = [.. _stages, new(first, Last.Epochs, Recipe, Parent)];
            if (Last.Failure is null && Last.Loss < Loss)
                (_best, _ofBest) = (Last, [.. _stages]);
        }

        public void Become(Member parent, Recipe recipe) => (_stages, Recipe, Parent) = (parent._stages, recipe, parent.Number);

        public SweepTrial? Result(int rungs) => _best is not null
            ? _best with { Rungs = rungs, Epochs = _epochs, RowEpochs = _rows, Stages = _ofBest }
            : Last is null ? null : Last with { Rungs = 0, Epochs = _epochs, RowEpochs = _rows };
    }
}
