using Microsoft.ML;

namespace Retort;

/// <summary>Models that are to become one: equal in their steps, their networks' classes in the first one's order.</summary>
/// <param name="First">The first model, whose steps and columns hold.</param>
/// <param name="Networks">The networks, in the order given.</param>
/// <param name="Start">Where all began; null where nobody said.</param>
/// <param name="Recipes">What each was trained by.</param>
/// <param name="Fingerprints">The weights of each, as they were given.</param>
internal sealed record ModelFamily(ModelChain First, IReadOnlyList<FittedNetwork> Networks, FittedNetwork? Start, IReadOnlyList<Recipe> Recipes, IReadOnlyList<string> Fingerprints)
{
    private string? StartFingerprint { get; init; }

    /// <summary>How the first calibrated model is calibrated; null where none is.</summary>
    public Calibration? Calibration { get; private init; }

    /// <exception cref="ArgumentException">The models are of other tasks or classes, or their steps differ.</exception>
    public static ModelFamily Of(IReadOnlyList<ITransformer> models, ITransformer? start)
    {
        ModelChain[] chains = [.. models.Select((model, k) => ModelChain.Of(model, $"Model {k + 1}"))];
        var first = chains[0];
        for (var k = 1; k < chains.Length; k++)
            first.CheckSameSteps(chains[k], $"Model {k + 1}");
        var startNetwork = ModelChain.StartOf(start)?.Fitted;
        var fingerprint = startNetwork?.Fingerprint;
        FittedNetwork[] networks = [.. chains.Select((chain, k) => InOrder(first.Network, chain.Network, $"Model {k + 1}"))];
        return new(first, networks, start is null ? null : InOrder(first.Network, ModelChain.StartOf(start)!, "The start"),
            [.. chains.Select(chain => chain.Network.Model.Recipe)], [.. chains.Select(chain => chain.Network.Fitted.Fingerprint)])
        {
            StartFingerprint = fingerprint,
            Calibration = chains.Select(chain => chain.Network.Fitted.Calibrator?.Calibration).FirstOrDefault(calibration => calibration is not null),
        };
    }

    /// <summary>The result as a model, with its ancestry.</summary>
    public ITransformer Result(FittedNetwork merged, Part method, IReadOnlyList<bool> kept) => First.With(Network(merged, method, kept));

    /// <summary>The result without the steps around it.</summary>
    public NetworkTransformer Network(FittedNetwork merged, Part method, IReadOnlyList<bool> kept) => First.Network.With(new NetworkModel(merged, Recipes[0] with
    {
        Network = merged.Architecture,
        Ancestry = new(method, StartFingerprint, ValueList.Of<Ancestor>([.. Recipes.Select((recipe, k) => new Ancestor(Fingerprints[k], kept[k], recipe))])),
    }));

    /// <summary>A network with its classes in the order of another's.</summary>
    private static FittedNetwork InOrder(NetworkTransformer first, NetworkTransformer other, string name)
    {
        var network = other.Fitted;
        if (first.ClassNames is not { } known || other.ClassNames is not { } names || known.SequenceEqual(names))
            return network;
        var match = ClassMatch.Of(names, known)
            ?? throw new ArgumentException($"{name} must have the classes of the first model, but {ClassMatch.Differ(known, names, "the first model", name)}.");
        if (network.Link.Function is not (LinkFunction.Identity or LinkFunction.StableMax))
            throw new ArgumentException($"{name} must have its classes in the order of the first model, since its outputs are not one for each class, but has {ClassMatch.Say(names)}.");
        return network.InOrder(match);
    }
}
