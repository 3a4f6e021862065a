using Retort.Cli.Output;

namespace Retort.Tests;

[TestClass]
public sealed class UsageTests
{
    private static readonly string Diabetes = Cli.Data("diabetes.csv");

    [TestMethod]
    public void Bad_usage_is_one_sentence_and_exit_code_2()
    {
        Cli.Fails(2, "A command must be given.");
        Cli.Fails(2, "Option '--label' is required.", "train", "--data", Diabetes);
        Cli.Fails(2, "Option --seeds must be at least 1, but is 0.", "demo", "--seeds", "0");
        Cli.Fails(2, "Epochs must be at least 1, but is 0.", "train", "--data", Diabetes, "--label", "progression", "--epochs", "0");
        Cli.Fails(2, "Option --recipe must be JSON that starts with '{', or a file, but 'none.json' was not found.", "train", "--data", Diabetes, "--label", "progression", "--recipe", "none.json");
        Cli.Fails(2, "Option --ignore must not name the label, but names 'age'.", "train", "--data", Diabetes, "--label", "age", "--ignore", "sex,age");
    }

    [TestMethod]
    public void Data_that_will_not_do_are_one_sentence_and_exit_code_1()
    {
        using var cli = new Cli();
        var columns = "'age', 'sex', 'bmi', 'blood_pressure', 'total_cholesterol', 'ldl', 'hdl', 'cholesterol_ratio', 'log_triglycerides', 'glucose', 'progression'";
        Cli.Fails(1, "File 'none.csv' was not found.", "train", "--data", "none.csv", "--label", "y");
        Cli.Fails(1, $"Column 'y' was not found; 'diabetes.csv' has {columns}.", "train", "--data", Diabetes, "--label", "y");
        Cli.Fails(1, $"Column 'q' was not found; 'diabetes.csv' has {columns}.", "train", "--data", Diabetes, "--label", "age", "--ignore", "sex,q");
        if (!cuda.is_available())
            Cli.Fails(1, "Device must be a GPU that is there, but is Cuda, and libtorch finds no CUDA; reference TorchSharp-cuda-linux or TorchSharp-cuda-windows, or set FallbackToCpu to train on the CPU.",
                "train", "--data", Diabetes, "--label", "progression", "--device", "cuda", "--out", cli["model"]);
        Cli.Fails(1, "File 'none.zip' was not found.", "predict", "--model", "none.zip", "--data", Diabetes);
        var (code, _, error) = Cli.Run("evaluate", "--model", Diabetes, "--data", Diabetes);
        StringAssert.StartsWith(error, $"File '{Diabetes}' must be a saved ML.NET model that can be loaded: ");
        Assert.AreEqual(1, code);
        Assert.AreEqual(1, error.TrimEnd().Split('\n').Length);
    }

    [TestMethod]
    [DataRow("demo")]
    [DataRow("methods")]
    [DataRow("train")]
    [DataRow("evaluate")]
    [DataRow("calibrate")]
    [DataRow("merge")]
    [DataRow("predict")]
    [DataRow("sweep")]
    [DataRow(null)]
    public void Help_ends_in_examples(string? command)
    {
        var (code, output, _) = Cli.Run(command is null ? ["--help"] : [command, "--help"]);
        Assert.AreEqual(0, code);
        StringAssert.Contains(output, "Examples:");
        StringAssert.Contains(output, $"  retort {command ?? "demo"}");
        Assert.IsFalse(output.Contains("score ", StringComparison.Ordinal), "the hidden command");
    }

    [TestMethod]
    public void Methods_are_listed_with_their_cards()
    {
        var methods = Cli.Json("methods").GetProperty("methods").EnumerateArray().ToArray();
        Assert.AreEqual(Methods.All.Count, methods.Length);
        var kd = methods.Single(m => m.GetProperty("id").GetString() == "kd");
        Assert.AreEqual("Distillation", kd.GetProperty("kind").GetString());
        Assert.AreEqual(2015, kd.GetProperty("year").GetInt32());
        Assert.AreEqual(2, kd.GetProperty("settings").EnumerateArray().Single(s => s.GetProperty("name").GetString() == "Temperature").GetProperty("default").GetDouble());

        var (_, table, _) = Cli.Run("methods");
        foreach (var method in Methods.All)
            StringAssert.Contains(table, method.Title);
    }

    [TestMethod]
    public void A_folder_that_is_not_finished_leaves_nothing()
    {
        using var cli = new Cli();
        using (var folder = new OutputFolder(cli["m"]))
            File.WriteAllText(folder["model.zip"], "half");
        Assert.IsFalse(Directory.Exists(cli["m"]));

        using (var folder = new OutputFolder(cli["m"]))
        {
            File.WriteAllText(folder["model.zip"], "whole");
            folder.Finish();
        }

        CollectionAssert.AreEqual(new[] { cli["m/model.zip"] }, Directory.GetFileSystemEntries(cli["m"]));
        using (var folder = new OutputFolder(cli["m"]))
            File.WriteAllText(folder["model.zip"], "half");
        Assert.AreEqual("whole", File.ReadAllText(cli["m/model.zip"]));
    }
}
