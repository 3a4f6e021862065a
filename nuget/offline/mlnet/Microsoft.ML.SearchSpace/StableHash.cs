namespace Microsoft.ML.SearchSpace;

/// Hashes that are the same in every process, since a file is named after that of a search space. FNV-1a, 32 bits.
internal static class StableHash
{
    public static int Of(string text) => text.Aggregate(unchecked((int)2166136261), (hash, letter) => unchecked((hash ^ letter) * 16777619));
}
