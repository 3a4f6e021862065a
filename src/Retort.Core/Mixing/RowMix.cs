namespace Retort;

/// <summary>What each row of a step is mixed with, and how much of it stays: plain numbers, for networks and for tables alike.</summary>
internal sealed class RowMix
{
    /// <summary>The rows' numbers among all.</summary>
    public required long[] Rows { get; init; }

    /// <summary>Their partners' numbers among all.</summary>
    public required long[] Partners { get; init; }

    /// <summary>Where in the step the partners stand, each place once; null where they may be other rows.</summary>
    public int[]? Places { get; init; }

    /// <summary>The row's own share of its label, weight and teacher, [rows], in [0.5, 1]; and of its numbers, unless <see cref="Numbers"/> says other.</summary>
    public required float[] Shares { get; init; }

    /// <summary>The row's own share of each of its numbers, [rows × numbers]; null where it is the row's of all.</summary>
    public float[]? Numbers { get; set; }

    /// <summary>What is added to each number of the mixture, [rows × numbers]; null for nothing.</summary>
    public float[]? Added { get; set; }

    /// <summary>What else the method drew for each row; null where it drew nothing else.</summary>
    public float[]? Draws { get; set; }

    /// <summary>Whether a category is the row's own, [rows × columns], else the partner's; null where there are none, or where they are not mixed as they are.</summary>
    public bool[]? Kept { get; set; }

    /// <summary>The block of the network whose numbers are mixed, -1 for what enters its layers behind the embeddings; null where rows are mixed as they are.</summary>
    public int? Block { get; init; }

    /// <summary>A row's numbers become those of its mixture, in place.</summary>
    /// <param name="row">Its place in the step.</param>
    /// <param name="own">Its numbers.</param>
    /// <param name="partner">Its partner's.</param>
    public void MixNumbers(int row, Span<float> own, ReadOnlySpan<float> partner)
    {
        if (Numbers is null)
            Mix(own, partner, Shares[row]);
        else
        {
            var shares = Numbers.AsSpan(row * own.Length, own.Length);
            for (var i = 0; i < own.Length; i++)
                own[i] = shares[i] * own[i] + (1 - shares[i]) * partner[i];
        }

        if (Added is not null)
            TensorPrimitives.Add(own, Added.AsSpan(row * own.Length, own.Length), own);
    }

    /// <summary>A row becomes mixed as it is in another mixture of the same rows that has the same parts.</summary>
    public void TakeRow(RowMix other, int row)
    {
        (Partners[row], Shares[row]) = (other.Partners[row], other.Shares[row]);
        Take(other.Numbers, Numbers);
        Take(other.Added, Added);
        Take(other.Draws, Draws);
        Take(other.Kept, Kept);

        void Take<T>(T[]? from, T[]? to)
        {
            if (to is null || from is null)
                return;
            var width = to.Length / Rows.Length;
            from.AsSpan(row * width, width).CopyTo(to.AsSpan(row * width, width));
        }
    }

    /// <summary>A row's categories become those of its mixture, in place.</summary>
    /// <inheritdoc cref="MixNumbers"/>
    public void MixCategories(int row, Span<long> own, ReadOnlySpan<long> partner)
    {
        if (Kept is null)
            return;
        var kept = Kept.AsSpan(row * own.Length, own.Length);
        for (var i = 0; i < own.Length; i++)
            if (!kept[i])
                own[i] = partner[i];
    }

    /// <summary><c>own = share own + (1 - share) partner</c>.</summary>
    public static void Mix(Span<float> own, ReadOnlySpan<float> partner, float share)
    {
        TensorPrimitives.Multiply(own, share, own);
        TensorPrimitives.MultiplyAdd(partner, 1 - share, own, own);
    }
}
