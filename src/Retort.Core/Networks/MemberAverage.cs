namespace Retort;

/// <summary>One answer from those of an ensemble's members: the logarithm of the mean probability; in regression the mean.</summary>
internal static class MemberAverage
{
    /// <summary>[rows × members, outputs] to [rows, outputs].</summary>
    public static Tensor Of(Tensor outputs, int members, LearningTask task)
    {
        if (members == 1)
            return outputs;
        var each = outputs.view(-1, members, outputs.shape[1]);
        return task switch
        {
            LearningTask.Regression => each.mean([1]),
            LearningTask.Multiclass => each.log_softmax(2).logsumexp(1) - Math.Log(members),
            _ => nn.functional.logsigmoid(each).logsumexp(1) - nn.functional.logsigmoid(-each).logsumexp(1), // log p - log (1 - p)
        };
    }

    /// <summary>As <see cref="Of(Tensor, int, LearningTask)"/>, as nodes of a graph.</summary>
    public static OnnxValue Of(OnnxValue outputs, int members, int width, LearningTask task)
    {
        if (members == 1)
            return outputs;
        var each = outputs.Reshape(-1, members, width);
        return task switch
        {
            LearningTask.Regression => each.Mean(1),
            LearningTask.Multiclass => each.LogSoftmax(2).LogSumExp(1) - Math.Log(members),
            _ => (-(-each).Softplus()).LogSumExp(1) - (-each.Softplus()).LogSumExp(1),
        };
    }

    /// <summary>As <see cref="Of(Tensor, int, LearningTask)"/>, for one row and on spans.</summary>
    public static void Of(ReadOnlySpan<float> members, Span<float> outputs, LearningTask task)
    {
        var count = members.Length / outputs.Length;
        Span<double> sums = outputs.Length <= 64 ? stackalloc double[outputs.Length] : new double[outputs.Length];
        sums.Clear();
        var opposite = 0.0;
        for (var member = 0; member < count; member++)
        {
            var own = members.Slice(member * outputs.Length, outputs.Length);
            if (task == LearningTask.Regression)
            {
                for (var i = 0; i < own.Length; i++)
                    sums[i] += own[i];
            }
            else if (task == LearningTask.Binary)
                (sums[0], opposite) = (sums[0] + 1 / (1 + Math.Exp(-own[0])), opposite + 1 / (1 + Math.Exp(own[0])));
            else
            {
                var largest = TensorPrimitives.Max(own);
                var total = 0.0;
                foreach (var logit in own)
                    total += Math.Exp(logit - largest);
                for (var i = 0; i < own.Length; i++)
                    sums[i] += Math.Exp(own[i] - largest) / total;
            }
        }

        for (var i = 0; i < outputs.Length; i++)
            outputs[i] = task switch
            {
                LearningTask.Regression => (float)(sums[i] / count),
                LearningTask.Binary => (float)(Math.Log(sums[i]) - Math.Log(opposite)),
                _ => (float)Math.Log(sums[i] / count),
            };
    }
}
