using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.ML;

namespace Retort.Cli.Consumption;

/// <summary>Writes what Model Builder calls a consumption project: the portable model, code that uses it, a console program and a web service.</summary>
internal static class ConsumptionProject
{
    /// <summary>The file that tells a folder of ours from another.</summary>
    private static readonly string s_mark = Path.Combine("Model", "Model.mbconfig");

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Refuses a folder that holds something else.</summary>
    /// <exception cref="UsageException">It does.</exception>
    public static void MustBeFree(string folder)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !File.Exists(Path.Combine(folder, s_mark)))
            throw new UsageException($"Folder '{folder}' must be free or hold a project of this command, but holds other files.");
    }

    /// <summary>Writes the project of a model; nothing where the model has no portable form.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="source">The model and what is known of it.</param>
    /// <param name="folder">Where the files are written.</param>
    /// <param name="place">The folder that they will be in.</param>
    /// <exception cref="NotSupportedException">The model has no portable form, or reads or predicts what the project has no form for.</exception>
    public static void Write(MLContext ml, ConsumptionSource source, string folder, string place)
    {
        using var portable = new MemoryStream();
        if (source.Rows is { } rows)
            ml.Model.SavePortable(source.Model, rows, portable);
        else
            ml.Model.SavePortable(source.Model, source.Input, portable);
        portable.Position = 0;
        var values = ConsumptionValues.Of(source, ml.Model.Load(portable, out _));
        var files = Templates.Fill(values).ToArray();

        foreach (var (name, text) in files)
        {
            var file = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        File.WriteAllBytes(Path.Combine(folder, "Model", "Model.mlnet"), portable.ToArray());
        File.WriteAllText(Path.Combine(folder, s_mark), ModelBuilderConfig.Of(source, values, Path.Combine(place, "Model")).ToJsonString(s_indented) + "\n");
    }
}
