namespace Retort;

/// <summary>Teachers that are made from the rows of a run: networks that are trained before the student, and weights of several teachers.</summary>
internal static class TeacherMaking
{
    private const long Block = 4096;

    /// <summary>The rows with the mean of what the networks say of them. Whoever calls it disposes what it gives.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="networks">The trained networks.</param>
    public static Dataset Of(Dataset rows, IReadOnlyList<FittedNetwork> networks)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        TeacherNetwork[] teachers = [.. networks.Select(network => new TeacherNetwork
        {
            Network = network,
            Features = Here(rows.Features)!,
            Categories = Here(rows.Categories),
            Places = Here(rows.Places),
            SeesSameFeatures = true,
        })];
        Tensor[] each = [.. teachers.Select(teacher => Scores(teacher, rows.Rows).to(rows.Features.device))];
        return rows.TaughtBy(stack(each, 0).mean([0L]), each.Length == 1 ? [] : each, teachers);

        static Tensor? Here(Tensor? tensor) => (tensor is null ? null : tensor.device_type == DeviceType.CPU ? tensor.alias() : tensor.cpu())?.DetachFromDisposeScope();
    }

    /// <summary>The rows with the mean of their teachers by the weights that fit held-out rows best. Whoever calls it disposes what it gives.</summary>
    /// <exception cref="ArgumentException">No rows are held out.</exception>
    public static (Dataset Rows, double[] Weights) Weighted(Dataset rows, Dataset? others, LearningTask task)
    {
        if (others is null || others.Teachers.Length == 0)
            throw Check.Wrong("The rows held out", "be enough to learn teachers' weights from", "0");
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var weights = TeacherWeights.Of([.. others.Teachers.Select(scores => scores.cpu())], others.Labels!.cpu(), others.Weights?.cpu(), task);
        return (rows.TaughtBy(TeacherWeights.Mean(rows.Teachers, weights), [.. rows.Teachers.Select(scores => scores.alias())], [.. rows.Networks.Select((network, i) => network.View(null, rows.Networks.Length == weights.Length ? weights[i] : null))]), weights);
    }

    private static Tensor Scores(TeacherNetwork teacher, long rows)
    {
        var blocks = new List<Tensor>();
        for (var start = 0L; start < rows; start += Block)
            blocks.Add(teacher.Scores(start, Math.Min(Block, rows - start)));
        return cat(blocks, 0);
    }

    /// <summary>Trains networks side by side, one on a thread; the same seeds give the same bits whatever the number of threads.</summary>
    /// <param name="count">How many.</param>
    /// <param name="train">Trains the network of a number.</param>
    /// <param name="told">Hears how many are trained.</param>
    public static FittedNetwork[] Train(int count, Func<int, FittedNetwork> train, Action<int>? told)
    {
        var (networks, done) = (new FittedNetwork[count], 0);
        try
        {
            Parallel.For(0, count, new() { MaxDegreeOfParallelism = Math.Min(count, Environment.ProcessorCount) }, i =>
            {
                networks[i] = train(i);
                var now = Interlocked.Increment(ref done);
                told?.Invoke(now);
            });
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]); // as if one had been trained alone
        }

        return networks;
    }
}
