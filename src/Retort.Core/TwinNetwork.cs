using System.Buffers;

namespace Retort;

/// <summary>A network whose weights follow the row: shared ones, and of several models what a router asks for.</summary>
internal sealed class TwinNetwork
{
    private readonly int[][] _places;
    private readonly float[][] _more;

    /// <param name="shared">The shared network.</param>
    /// <param name="router">From its last hidden numbers to a probability for each model.</param>
    /// <param name="places">For each model, which weights are its own.</param>
    /// <param name="more">What is added there.</param>
    /// <exception cref="ArgumentException">The parts do not fit each other.</exception>
    public TwinNetwork(FittedNetwork shared, FittedNetwork router, int[][] places, float[][] more)
    {
        (Shared, Router, _places, _more) = (shared, router, places, more);
        if (router.Task != LearningTask.Multiclass || router.Outputs != places.Length || router.Cardinalities.Count > 0)
            throw Check.Wrong("The number of classes of a twin's router", $"be {places.Length}, one for each model", $"{router.Outputs}");
        if (router.Features != shared.Graph.BlockWidths[^1])
            throw Check.Wrong("The number of features of a twin's router", $"be that of the network's last hidden numbers, {shared.Graph.BlockWidths[^1]}", $"{router.Features}");
        for (var model = 0; model < places.Length; model++)
            if (places[model].Length != more[model].Length || places[model].Any(place => (uint)place >= shared.Parameters.Length))
                throw Check.Wrong("Each place of a twin's weights", $"lie in [0, {shared.Parameters.Length})", "one that does not");
    }

    public FittedNetwork Shared { get; }

    public FittedNetwork Router { get; }

    /// <summary>How many weights are stored, the router's among them.</summary>
    public int Parameters => Shared.Parameters.Length + Router.Parameters.Length + _more.Sum(own => own.Length);

    /// <summary>How much of each model a row asks for.</summary>
    public void Route(ReadOnlySpan<float> features, ReadOnlySpan<long> categories, Span<float> shares)
    {
        using var scope = NewDisposeScope();
        var hidden = Shared.Hidden(Memory.Copy(features).view(1, -1), categories.IsEmpty ? null : tensor(categories.ToArray(), dtype: int64).view(1, -1));
        Router.ScoreRow(Memory.Of<float>(hidden.contiguous()), [], shares);
    }

    /// <summary>What is served for a row, as <see cref="FittedNetwork.ScoreRow"/>.</summary>
    public void ScoreRow(ReadOnlySpan<float> features, ReadOnlySpan<long> categories, Span<float> served)
    {
        Span<float> shares = _places.Length <= 64 ? stackalloc float[_places.Length] : new float[_places.Length];
        Route(features, categories, shares);
        ScoreRow(features, categories, shares, served);
    }

    /// <summary>As <see cref="ScoreRow(ReadOnlySpan{float}, ReadOnlySpan{long}, Span{float})"/>, with given shares of the models.</summary>
    public void ScoreRow(ReadOnlySpan<float> features, ReadOnlySpan<long> categories, ReadOnlySpan<float> shares, Span<float> served)
    {
        var rented = ArrayPool<float>.Shared.Rent(Shared.Parameters.Length);
        var weights = rented.AsSpan(0, Shared.Parameters.Length);
        Shared.Parameters.CopyTo(weights);
        for (var model = 0; model < _places.Length; model++)
            for (var i = 0; i < _places[model].Length; i++)
                weights[_places[model][i]] += shares[model] * _more[model][i];
        Shared.ForwardRow(weights, features, categories, served);
        Shared.Finish(served);
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Writes all but the shared network.</summary>
    public void Write(BinaryWriter writer)
    {
        Router.Write(writer);
        writer.Write(_places.Length);
        for (var model = 0; model < _places.Length; model++)
        {
            writer.Write(_places[model].Length);
            foreach (var place in _places[model])
                writer.Write(place);
            foreach (var number in _more[model])
                writer.Write(number);
        }
    }

    /// <exception cref="InvalidDataException">The data is not what <see cref="Write"/> writes, or ends early.</exception>
    public static TwinNetwork Read(BinaryReader reader, FittedNetwork shared)
    {
        try
        {
            var router = FittedNetwork.Read(reader);
            var (places, more) = (new List<int[]>(), new List<float[]>());
            var models = reader.ReadInt32();
            Check.InRange(models, 2, router.Outputs, "The number of a twin's models");
            for (var model = 0; model < models; model++)
            {
                var count = reader.ReadInt32();
                Check.InRange(count, 0, shared.Parameters.Length, "The number of a model's own weights");
                var (own, numbers) = (new int[count], new float[count]);
                for (var i = 0; i < count; i++)
                    own[i] = reader.ReadInt32();
                for (var i = 0; i < count; i++)
                    numbers[i] = reader.ReadSingle() is var number && float.IsFinite(number) ? number : throw new FormatException("A parameter must be finite, but one is not.");
                places.Add(own);
                more.Add(numbers);
            }

            return new(shared, router, [.. places], [.. more]);
        }
        catch (Exception e) when (e is ArgumentException or EndOfStreamException or FormatException)
        {
            throw new InvalidDataException($"A saved twin must be whole, but this one is not: {e.Message}", e);
        }
    }
}
