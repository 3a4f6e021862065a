using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Cli.Demo;

/// <summary>One set and one seed: a teacher, a student from labels alone, and the same student, from the same seed, with the teacher.</summary>
/// <remarks>60 % of the rows train, 20 % say when to stop, 20 % are held out for the table; drawn by the seed, the same for all three models.</remarks>
internal sealed class DemoRun
{
    private readonly IReadOnlyList<NetworkTransformer> _teachers;
    private readonly NetworkTransformer _labelsAlone, _distilled;
    private readonly ITransformer _prepare;
    private readonly IDataView _all;

    private DemoRun(DemoSet set, int seed, IDataView rows, ITransformer prepare, IDataView all, IDataView test, IReadOnlyList<NetworkTransformer> teachers, NetworkTransformer labelsAlone, NetworkTransformer distilled, CancellationToken cancel)
    {
        (Set, Seed, TestRows, _prepare, _all) = (set, seed, rows, prepare, all);
        (_teachers, _labelsAlone, _distilled) = (teachers, labelsAlone, distilled);
        Models =
        [
            DemoModel.Of(DemoModel.Teacher, teachers.Sum(t => t.Model.Parameters), Mean([.. teachers.Select(Score)])),
            DemoModel.Of(DemoModel.LabelsAlone, labelsAlone.Model.Parameters, Score(labelsAlone)),
            DemoModel.Of(DemoModel.Distilled, distilled.Model.Parameters, Score(distilled)),
        ];

        Scored Score(ITransformer model) => Scored.Read(model.Transform(test), set.Label, cancel);
    }

    public DemoSet Set { get; }

    public int Seed { get; }

    /// <summary>What the held-out rows say, in the order of the table.</summary>
    public IReadOnlyList<DemoModel> Models { get; }

    /// <summary>The held-out rows as the file has them.</summary>
    public IDataView TestRows { get; }

    /// <summary>The distilled student with its preprocessing, ready to be saved.</summary>
    public ITransformer Student => new TransformerChain<ITransformer>(_prepare, _distilled);

    public static DemoRun Of(DemoSet set, int seed, CancellationToken cancel)
    {
        var ml = new MLContext(seed);
        var table = Table.Read(set.Path, cancel);
        var plan = Plan.Of(table, set.Label, null, []);
        var pipeline = new Pipeline(ml, plan, table.Columns.Select(c => c.Name));
        var rows = ml.Data.Cache(table.Load(ml, pipeline.Columns));
        var (rest, test) = Split(rows, 0.2);
        var (train, validation) = Split(rest, 0.25);

        var labels = pipeline.LabelMap(rows);
        var prepare = pipeline.Prepare()!.Fit(train);
        var (prepared, early) = (Ready(train), Ready(validation));
        var teachers = Enumerable.Range(0, set.Teachers).Select(member => Fit(set.Teacher with { Seed = 1000 * (member + 1) + seed })).ToArray();
        var teacher = Teacher.Average([.. teachers.Select(t => Teacher.Of(t))]);
        var student = set.Student with { Seed = seed };
        return new DemoRun(
            set, seed, test, prepare, Ready(rows), Ready(test), teachers, Fit(student), Fit(student with { Distillation = set.Distillation }, teacher), cancel);

        (IDataView, IDataView) Split(IDataView view, double share)
        {
            var split = ml.Data.TrainTestSplit(view, share, seed: seed);
            return (split.TrainSet, split.TestSet);
        }

        IDataView Ready(IDataView view) => ml.Data.Cache(prepare.Transform(labels.Transform(view)));

        NetworkTransformer Fit(Recipe recipe, Teacher? teacher = null)
        {
            var network = (NetworkTransformer)pipeline.Trainer(recipe, teacher, early, progress: null, cancel).Fit(prepared);
            cancel.ThrowIfCancellationRequested();
            return network;
        }
    }

    /// <summary>Microseconds a row, median of several passes over all rows of the set, in the order of <see cref="Models"/>.</summary>
    public IReadOnlyList<double> Microseconds(CancellationToken cancel)
    {
        return [_teachers.Sum(Time), Time(_labelsAlone), Time(_distilled)];

        double Time(ITransformer model) => 1e6 * Measured.SecondsARow(model, _all, cancel);
    }

    // an ensemble says the mean of what its members say
    private static Scored Mean(IReadOnlyList<Scored> members) => members[0] with
    {
        Predictions = [.. Enumerable.Range(0, members[0].Predictions.Length).Select(i => members.Average(m => m.Predictions[i]))],
    };
}
