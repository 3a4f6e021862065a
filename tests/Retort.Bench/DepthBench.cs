namespace Retort.Bench;

/// <summary>
/// What a network of elastic depth, trained once, is worth at other depths: <c>./bench depth [phoneme] [wine] [digits]</c>, five splits. A line a depth: <c>tleg</c> has 8 blocks in training, <c>resnet-mlp</c> is trained anew for each depth.
/// </summary>
internal static class DepthBench
{
    private const int Trained = 8, Splits = 5;
    private static readonly int[] s_depths = [1, 2, 4, 8, 16];

    public static void Run(string[] arguments)
    {
        foreach (var set in DistillSet.All.Where(set => set.Task != LearningTask.Regression && (arguments.Length == 0 ? set.Name == "phoneme" : arguments.Contains(set.Name))))
        {
            using var rows = set.Read();
            var elastic = s_depths.ToDictionary(depth => depth, _ => new double[Splits]);
            var plain = s_depths.ToDictionary(depth => depth, _ => new double[Splits]);
            Lanes.Run(Enumerable.Range(0, Splits).SelectMany(split => s_depths.Prepend(0).Select(depth => (Action)(() => Split(set, rows, split, depth, elastic, plain)))));
            foreach (var depth in s_depths)
                foreach (var (name, figures) in new[] { ("tleg", elastic[depth]), ("resnet-mlp", plain[depth]) })
                {
                    var (mean, deviation) = QualityMeasure.Spread(figures);
                    Figures.Print($"depth {set.Name} network={name} blocks={depth} trained={(name == "tleg" ? Trained : depth)} accuracy={mean:F4} sd={deviation:F4} splits={Splits}");
                }
        }
    }

    /// <summary>Trains the elastic network, for depth 0, or a plain one.</summary>
    private static void Split(DistillSet set, DistillRows rows, int split, int depth, Dictionary<int, double[]> elastic, Dictionary<int, double[]> plain)
    {
        var (train, _, test) = rows.Split(split + 1);
        using var learned = rows.All.View(train);
        using var judged = rows.All.View(test);
        var scales = set.Student.Network.ScalesFeatures;
        var network = depth == 0 ? (Network)new ElasticResNet { Blocks = Trained, Width = 32, ScalesFeatures = scales } : new ResNetMlp { Blocks = depth, Width = 32, ScalesFeatures = scales };
        var recipe = new Recipe { Network = network, BatchSize = 64, Epochs = 40, Patience = 40, HoldOut = 0, Optimizer = new AdamW { LearningRate = 0.003 } };
        var fitted = TrainingLoop.Run(recipe, set.Task, learned, null, split + 1, null, () => { }).Network;
        if (depth > 0)
            plain[depth][split] = Accuracy(fitted, judged);
        else
            foreach (var other in s_depths)
                elastic[other][split] = Accuracy(new(set.Task, (ElasticResNet)network with { Blocks = other }, fitted.Shape, fitted.Parameters, fitted.Link), judged);
    }

    private static double Accuracy(FittedNetwork network, Dataset rows)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var (features, categories) = rows.Inputs(0, rows.Rows);
        var outputs = network.Forward(features, categories);
        var said = network.Task == LearningTask.Binary ? outputs.squeeze(1).gt(0).to_type(TorchSharp.torch.int64) : outputs.argmax(1);
        return said.eq(rows.Labels!).to_type(TorchSharp.torch.float32).mean().item<float>();
    }
}
