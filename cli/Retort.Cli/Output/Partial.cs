using System.Diagnostics;
using System.Globalization;

namespace Retort.Cli.Output;

/// <summary>Names of files and folders that are being written, hidden beside where they will be. What a process that has ended left of them is removed by the next one.</summary>
internal static class Partial
{
    private const string Prefix = ".partial-";
    private static readonly List<string> s_own = [];

    /// <summary>A name that nobody else uses, in a folder that exists; remnants of processes that have ended are removed from there.</summary>
    public static string In(string folder)
    {
        foreach (var left in Directory.EnumerateFileSystemEntries(folder, Prefix + "*").Where(IsLeft).ToArray())
            Remove(left);
        var path = Path.Combine(folder, $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
        lock (s_own)
            s_own.Add(path);
        return path;
    }

    public static void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
        lock (s_own)
            s_own.Remove(path);
    }

    /// <summary>Removes what this process has begun, as far as that can be done while it still writes.</summary>
    public static void RemoveOwn()
    {
        string[] own;
        lock (s_own)
            own = [.. s_own];
        foreach (var path in own)
        {
            try
            {
                Remove(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // the next run removes it
            }
        }
    }

    private static bool IsLeft(string path)
    {
        var number = Path.GetFileName(path)[Prefix.Length..].Split('-')[0];
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return false;
        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
