namespace Retort;

/// <summary>What dropout leaves out, drawn on the device that it is needed on.</summary>
internal static class Masks
{
    /// <summary>0 for what is left out; what is kept is scaled up, so that scoring needs no correction.</summary>
    /// <param name="like">Whose shape, type and device the mask gets.</param>
    /// <param name="share">How much is left out, in [0, 1).</param>
    /// <param name="random">Gives one number, from which the device draws the rest.</param>
    public static Tensor There(Tensor like, double share, Generator random)
    {
        using var generator = new torch.Generator(random.Bits(), like.device);
        return empty_like(like.detach()).bernoulli_(1 - share, generator).div_(1 - share);
    }
}
