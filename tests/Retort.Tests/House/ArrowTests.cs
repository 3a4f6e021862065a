using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Retort.Tests;

/// <summary>What may know what: src, transformers, estimators, AutoML, then the programs; nothing points back.</summary>
[TestClass]
public sealed class ArrowTests
{
    private static readonly string[] Layers = ["src", "transformers", "estimators", "cli"];

    private static readonly string[] Parts =
        ["Losses", "Distillation", "Penalties", "Mixing", "Averaging", "Merging", "Calibration", "Metrics", "Networks", "Optimizers", "Schedules"];

    private static IEnumerable<string> Projects => Layers
        .SelectMany(layer => Directory.GetFiles(Repository.Path(layer), "*.csproj", SearchOption.AllDirectories));

    private static int Layer(string project) =>
        Array.IndexOf(Layers, Path.GetRelativePath(Repository.Root, project).Split('/', '\\')[0]);

    [TestMethod]
    public void Projects_know_only_what_lies_before_them()
    {
        Assert.IsTrue(Projects.Count() >= 4);
        foreach (var project in Projects)
            foreach (var reference in XDocument.Load(project).Descendants("ProjectReference").Select(r => r.Attribute("Include")!.Value))
            {
                var target = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, reference.Replace('\\', '/')));
                var forward = Layer(target) < Layer(project) || project.Contains("Retort.AutoML") && target.EndsWith("Retort.csproj", StringComparison.Ordinal);
                Assert.IsTrue(forward, $"{project} must not know {target}.");
            }
    }

    [TestMethod]
    public void Only_the_packages_of_the_design_are_named()
    {
        string[] allowed = ["Microsoft.ML", "Microsoft.ML.AutoML", "Microsoft.ML.OnnxTransformer", "Microsoft.ML.OnnxRuntime", "TorchSharp", "TorchSharp-cpu", "System.Numerics.Tensors", "CsvHelper", "Handlebars.Net", "SharpZipLib", "System.CommandLine", "Spectre.Console"];
        foreach (var project in Projects)
            foreach (var package in XDocument.Load(project).Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value))
                CollectionAssert.Contains(allowed, package, project);
    }

    [TestMethod]
    public void Part_folders_of_the_core_do_not_know_each_other()
    {
        var core = Repository.Path("src", "Retort.Core");
        var sources = Parts.Select(part => Path.Combine(core, part)).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)).ToArray();
        Assert.IsTrue(sources.Length > 3);

        // the measure that penalties train with and metrics report: parts may know it, and it knows no part
        var shared = Directory.GetFiles(Path.Combine(core, "Dependence"), "*.cs");
        Assert.IsTrue(shared.Length > 3);
        foreach (var source in sources.Concat(shared))
            foreach (var other in sources.Where(other => Folder(other) != Folder(source) && !(Folder(source) == "Calibration" && other.EndsWith("Penalty.cs", StringComparison.Ordinal)))) // there a setting, which is a number
                Assert.IsFalse(
                    Regex.IsMatch(Code(source), $@"\b{Regex.Escape(Path.GetFileNameWithoutExtension(other))}\b"),
                    $"{Path.GetRelativePath(core, source)} must not know {Path.GetRelativePath(core, other)}.");

        string Folder(string file) => Path.GetRelativePath(core, file).Split('/', '\\')[0];
        // without comments and texts: the title of a paper may well say Network
        static string Code(string file) => string.Join('\n', File.ReadLines(file)
            .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .Select(line => Regex.Replace(line, "\"[^\"]*\"", "")));
    }

    [TestMethod]
    public void What_ML_NET_keeps_internal_is_touched_in_one_folder()
    {
        string[] internals = ["LoadableClass", "ModelLoadContext", "IHostEnvironmentInternal", "CatalogUtils", "AnnotationUtils", "ICancelable", "IgnoresAccessChecksTo", "SetVersionInfo"];
        foreach (var source in Layers.SelectMany(layer => Directory.GetFiles(Repository.Path(layer), "*.cs", SearchOption.AllDirectories)).Where(file => !file.Contains("Interop")))
        {
            var code = File.ReadAllText(source);
            foreach (var name in internals)
                Assert.IsFalse(code.Contains(name, StringComparison.Ordinal), $"{source} must not touch {name}: only Interop does.");
        }
    }
}
