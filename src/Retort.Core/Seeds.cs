namespace Retort;

/// <summary>Where every random draw begins: the seeds of environment and recipe, and a stream of its own for each purpose.</summary>
/// <remarks>A part that draws nothing changes no bit of the rest. Never ML.NET's and never libtorch's generator.</remarks>
internal readonly record struct Seeds(ulong Root)
{
    public static Seeds Of(int environment, int recipe) =>
        new(Generator.Mix(Generator.Mix((uint)environment) ^ ((ulong)(uint)recipe << 32 | (uint)recipe)));

    /// <summary>The seed of one purpose, such as "order" or "dropout".</summary>
    public ulong For(string purpose)
    {
        var hash = 14695981039346656037UL; // FNV-1a: string.GetHashCode differs from process to process
        foreach (var letter in purpose)
            hash = (hash ^ letter) * 1099511628211UL;
        return Generator.Mix(Root ^ hash);
    }

    /// <summary>The seeds of another run within this one.</summary>
    public Seeds Of(string purpose) => new(For(purpose));

    public Generator Stream(string purpose) => new(For(purpose));
}
