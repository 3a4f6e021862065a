using System.Xml.Linq;
using Microsoft.ML;

namespace Retort.Tests;

/// <summary><c>retort export --format project</c>.</summary>
[TestClass]
public sealed class ExportProjectTests
{
    [TestMethod]
    public void A_saved_model_leaves_as_a_project_whether_its_table_is_known_or_not()
    {
        using var cli = new Cli();
        var data = cli.File("a.csv", ConsumptionCase.Binary.Make(200, 1).Table);
        Cli.Json("train", "--data", data, "--label", "is it?", "--epochs", "2", "--out", cli["m"]);
        Cli.Json("calibrate", "--model", cli["m/model.zip"], "--data", data, "--method", "platt", "--out", cli["calibrated.zip"]);

        Assert.AreEqual("project", Cli.Json("export", "--model", cli["calibrated.zip"], "--format", "project", "--label", "is it?", "--out", cli["bare"]).GetProperty("format").GetString());
        var input = File.ReadAllText(cli["bare/Model/Model.Consumption.cs"]);
        StringAssert.Contains(input, "    /// <summary>Text; empty where it is missing.</summary>\n    [LoadColumn(1), ColumnName(\"string\")]\n    public string String { get; set; } = \"\";\n");
        Assert.IsFalse(File.ReadAllText(cli["bare/Model/Model.mbconfig"]).Contains("DataSource", StringComparison.Ordinal));

        Cli.Json("export", "--model", cli["m/model.zip"], "--format", "project", "--data", data, "--out", cli["known"]);
        input = File.ReadAllText(cli["known/Model/Model.Consumption.cs"]);
        StringAssert.Contains(input, "public float ModelInput_2 { get; set; } = float.NaN;");
        StringAssert.Matches(input, new("A number, -[12][.0-9]* to [12][.0-9]* in the training data; NaN where it is missing."));
        StringAssert.Contains(input, "Text, such as '");

        // the packages that this repository is tested with
        var (own, emitted) = (Versions(Repository.Path("Directory.Packages.props")), Versions(cli["known/Directory.Packages.props"]));
        foreach (var name in (string[])["Microsoft.ML", "Microsoft.ML.OnnxTransformer", "Microsoft.ML.OnnxRuntime"])
            Assert.AreEqual(own[name], emitted[name], name);

        // made again: its own files are replaced, others stay
        File.WriteAllText(cli["known/Console/Mine.cs"], "// mine");
        File.WriteAllText(cli["known/Console/Program.cs"], "");
        Cli.Json("export", "--model", cli["m/model.zip"], "--format", "project", "--out", cli["known"]);
        Assert.AreEqual("// mine", File.ReadAllText(cli["known/Console/Mine.cs"]));
        Assert.AreNotEqual("", File.ReadAllText(cli["known/Console/Program.cs"]));
    }

    [TestMethod]
    public void What_has_no_project_is_said_and_leaves_nothing()
    {
        using var cli = new Cli();
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromTextFile(Cli.Data("digits.csv"), [new("Pixels", Microsoft.ML.Data.DataKind.Single, 0, 63), new("Digit", Microsoft.ML.Data.DataKind.Single, 64)], separatorChar: ',', hasHeader: true);
        var model = ml.Transforms.Conversion.MapValueToKey("Label", "Digit").Append(ml.MulticlassClassification.Trainers.Network(new Recipe { Epochs = 1 }, featureColumnName: "Pixels")).Fit(rows);
        ml.Model.Save(model, rows.Schema, cli["vector.zip"]);
        Cli.Fails(1, "A project must be of a model that reads columns of text, numbers or Booleans, but this one reads 'Pixels' as Vector<Single, 64>.", "export", "--model", cli["vector.zip"], "--format", "project", "--label", "Digit", "--out", cli["p"]);
        Assert.IsFalse(Directory.Exists(cli["p"]));

        Directory.CreateDirectory(cli["full"]);
        File.WriteAllText(cli["full/own.txt"], "");
        Cli.Fails(2, $"Folder '{cli["full"]}' must be free or hold a project of this command, but holds other files.", "export", "--model", cli["vector.zip"], "--format", "project", "--out", cli["full"]);
        CollectionAssert.AreEqual(new[] { cli["full/own.txt"] }, Directory.GetFileSystemEntries(cli["full"]));
    }

    private static Dictionary<string, string> Versions(string file) =>
        XDocument.Load(file).Descendants("PackageVersion").ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);
}
