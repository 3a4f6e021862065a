namespace Retort.Tests;

/// <summary>The checkout that the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Extensions.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"Extensions.sln must lie above the tests, but '{AppContext.BaseDirectory}' has none above it.");
    }
}
