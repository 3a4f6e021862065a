using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Retort.Cli.Tables;

namespace Retort.Cli.Reports;

/// <summary>What it takes to make the same model again.</summary>
internal static class Provenance
{
    /// <summary>What metrics.json keeps of it.</summary>
    /// <param name="command">The command line.</param>
    /// <param name="seed">Where random numbers began.</param>
    /// <param name="table">The file that was learned from.</param>
    /// <param name="test">The file of the test rows; null where they were a share of the other.</param>
    /// <param name="group">The column whose rows were kept together; null for none.</param>
    public static JsonObject Of(string command, int seed, Table table, string? test, string? group) => new()
    {
        ["command"] = command,
        ["seed"] = seed,
        ["data"] = Path.GetFileName(table.Path),
        ["rows"] = table.Rows,
        ["sha256"] = Hash(table.Path),
        ["test"] = test is null ? null : Path.GetFileName(test),
        ["group"] = group,
        ["retort"] = Version(typeof(Recipe)),
        ["mlNet"] = Version(typeof(MLContext)),
        ["torchSharp"] = Version(typeof(TorchSharp.torch)),
        ["dotNet"] = RuntimeInformation.FrameworkDescription,
        ["system"] = $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}, {Environment.ProcessorCount} processors",
        ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
    };

    public static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>A command line as a person types it.</summary>
    public static string Line(IEnumerable<string> words) => string.Join(' ', words.Select(word => word.Length > 0 && word.All(letter => char.IsLetterOrDigit(letter) || "-_./,:=+@%".Contains(letter)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'").Prepend("retort"));

    private static string Version(Type type) => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? type.Assembly.GetName().Version?.ToString() ?? "";
}
