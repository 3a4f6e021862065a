using System.Text.Json;
using Retort.Cli;

namespace Retort.Tests;

/// <summary>The command line in this process, and a folder for its files.</summary>
internal sealed class Cli : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("retort-tests-");

    public string this[string name] => Path.Combine(_folder.FullName, name);

    public string File(string name, params string[] lines)
    {
        System.IO.File.WriteAllLines(this[name], lines);
        return this[name];
    }

    public static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = App.Run(arguments, output, error).GetAwaiter().GetResult();
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command that must succeed, and gives the JSON of its last line.</summary>
    public static JsonElement Json(params string[] arguments)
    {
        var (code, output, error) = Run([.. arguments, "--json"]);
        Assert.AreEqual(0, code, error);
        Assert.AreEqual("", error);
        return JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
    }

    /// <summary>Runs a command that must end with one sentence.</summary>
    public static void Fails(int code, string sentence, params string[] arguments)
    {
        var (actual, output, error) = Run(arguments);
        Assert.AreEqual(sentence, error.Split('\n')[0].TrimEnd());
        Assert.AreEqual(code, actual);
        Assert.IsFalse(error.Contains("   at ", StringComparison.Ordinal), "a stack trace");
    }

    public static string Data(string name) => Repository.Path("samples", "data", name);

    public void Dispose() => _folder.Delete(recursive: true);
}
