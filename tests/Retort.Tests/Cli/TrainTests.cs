using System.Text.Json;
using Microsoft.ML;

namespace Retort.Tests;

[TestClass]
public sealed class TrainTests
{
    private static readonly string[] Files = ["metrics.json", "model.onnx", "model.zip", "recipe.json", "report.html"];

    [TestMethod]
    [DataRow("breast-cancer.csv", "malignant", "accuracy", 0.9, 1)]
    [DataRow("diabetes.csv", "progression", "rmse", 0, 75)]
    public void Sample_tables_give_a_model_that_evaluates_and_predicts(string file, string label, string metric, double least, double most)
    {
        using var cli = new Cli();
        var trained = Cli.Json("train", "--data", Cli.Data(file), "--label", label, "--out", cli["m"], "--epochs", "40");
        Assert.IsTrue(trained.GetProperty(metric).GetDouble() is var value && value >= least && value <= most, $"{metric} is {value}");
        Assert.IsTrue(trained.GetProperty("rowsPerSecond").GetDouble() > 0);
        CollectionAssert.AreEqual(Files, Directory.GetFileSystemEntries(cli["m"]).Select(Path.GetFileName).Order().ToArray());

        var evaluated = Cli.Json("evaluate", "--model", cli["m/model.zip"], "--data", Cli.Data(file));
        Assert.AreEqual(label, evaluated.GetProperty("label").GetString());
        Assert.AreEqual(trained.GetProperty("task").GetString(), evaluated.GetProperty("task").GetString());

        var predicted = Cli.Json("predict", "--model", cli["m/model.zip"], "--data", Cli.Data(file), "--out", cli["p.csv"]);
        var (before, after) = (File.ReadAllLines(Cli.Data(file)), File.ReadAllLines(cli["p.csv"]));
        Assert.AreEqual(before.Length, after.Length);
        Assert.AreEqual(before.Length - 1, predicted.GetProperty("rows").GetInt32());
        for (var i = 0; i < before.Length; i++)
            StringAssert.StartsWith(after[i], before[i] + ",");
    }

    [TestMethod]
    public void Protected_columns_are_penalised_in_training_and_not_read_afterwards()
    {
        using var cli = new Cli();
        var data = cli.File("a.csv", Shop(400));
        var (code, output, error) = Cli.Run("train", "--data", data, "--label", "choice", "--out", cli["m"], "--ignore", "id", "--epochs", "5", "--protected", "colour,member", "--recipe", """{"Penalty": {"$type": "dcov", "Weight": 5}}""");
        Assert.AreEqual(0, code, error);
        StringAssert.Contains(output, "Ignored     colour: protected, for the penalty alone");
        string[][] cells = [.. File.ReadLines(data).Select(line => line.Split(','))];
        var (id, price) = (Array.IndexOf(cells[0], "id"), Array.IndexOf(cells[0], "price"));
        var without = cli.File("b.csv", string.Join('\n', cells.Select(row => $"{row[id]},{row[price]}")) + "\n");
        Assert.AreEqual(400, Cli.Json("predict", "--model", cli["m/model.zip"], "--data", without, "--out", cli["p.csv"]).GetProperty("rows").GetInt32());

        foreach (var text in (string[])["colour × member: ", "there are no gaps, and no divergence", "How much scores depend on groups"])
            StringAssert.Contains(output, text);
        using var metrics = JsonDocument.Parse(File.ReadAllText(cli["m/metrics.json"]));
        var fairness = metrics.RootElement.GetProperty("fairness");
        Assert.AreEqual(metrics.RootElement.GetProperty("testRows").GetInt32(), fairness.GetProperty("rows").GetInt32());
        Assert.AreEqual("colour", fairness.GetProperty("columns")[0].GetProperty("name").GetString());
        Assert.AreEqual(metrics.RootElement.GetProperty("accuracy").GetDouble(), fairness.GetProperty("all").GetProperty("accuracy").GetProperty("value").GetDouble(), 1e-9);

        (code, _, error) = Cli.Run("train", "--data", data, "--label", "choice", "--out", cli["n"], "--recipe", """{"Penalty": {"$type": "dcov"}}""");
        Assert.AreEqual(1, code);
        StringAssert.Contains(error, "The penalty 'dcov' must have protected columns, but none are named.");
    }

    [TestMethod]
    public void Rows_of_a_group_are_trained_on_together_or_not_at_all()
    {
        using var cli = new Cli();
        var random = new Random(1);
        var labels = Enumerable.Range(0, 60).Select(_ => random.Next(2)).ToArray();
        var data = cli.File("a.csv", [.. Enumerable.Range(0, 600).Select(i => $"{random.Next(100)},of {i % 60},customer {i % 60},{labels[i % 60]}").Prepend("n,who,customer,y")]);
        string[] train = ["train", "--data", data, "--label", "y", "--epochs", "15", "--ignore", "customer"];
        double Accuracy(params string[] more) => Cli.Json([.. train, .. more]).GetProperty("accuracy").GetDouble();

        Assert.IsTrue(Accuracy("--out", cli["a"]) > 0.95, "each customer was seen");
        Assert.IsTrue(Accuracy("--out", cli["b"], "--group", "customer") < 0.75, "no customer was");
        Cli.Fails(2, "Option --group must not name the label, but names 'y'.", [.. train, "--group", "y"]);
        Cli.Fails(1, "Column 'x' was not found; 'a.csv' has 'n', 'who', 'customer', 'y'.", [.. train, "--group", "x"]);
    }

    [TestMethod]
    public void A_path_of_weights_is_printed_and_written_with_a_model_for_each()
    {
        using var cli = new Cli();
        var data = cli.File("a.csv", Shop(400));
        string[] train = ["train", "--data", data, "--label", "choice", "--out", cli["m"], "--ignore", "id", "--epochs", "3", "--protected", "member"];
        var recipe = """{"Penalty": {"$type": "dcov", "Weight": 5}}""";
        var trained = Cli.Json([.. train, "--recipe", recipe, "--path", "0.5,20"]);
        CollectionAssert.AreEqual(new[] { 0, 0.5, 5, 20 }, trained.GetProperty("path").EnumerateArray().Select(point => point.GetProperty("weight").GetDouble()).ToArray());
        CollectionAssert.AreEqual(
            new[] { "metrics.json", "model-0.5.zip", "model-0.zip", "model-20.zip", "model-5.zip", "model.onnx", "model.zip", "path.csv", "path.json", "recipe.json", "report.html" },
            Directory.GetFileSystemEntries(cli["m"]).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray());
        var table = File.ReadAllLines(cli["m/path.csv"]);
        Assert.AreEqual(5, table.Length);
        StringAssert.StartsWith(table[0], "weight,pareto,logLoss,logLossLow,logLossHigh,testLogLoss,divergence,aboveFloor,");
        Assert.AreEqual(trained.GetProperty("logLoss").GetDouble(), trained.GetProperty("path")[2].GetProperty("test").GetDouble());

        // model.zip is that of the recipe's own weight: the network that is trained without --path
        File.Copy(cli["m/model.zip"], cli["along.zip"]);
        File.Copy(cli["m/model-5.zip"], cli["along-5.zip"]);
        Assert.AreEqual(0, Cli.Run([.. train, "--recipe", recipe, "--force"]).Code);
        foreach (var model in new[] { "along.zip", "m/model.zip", "along-5.zip" })
            Cli.Json("predict", "--model", cli[model], "--data", data, "--out", cli[Path.GetFileName(model) + ".csv"]);
        Assert.AreEqual(File.ReadAllText(cli["model.zip.csv"]), File.ReadAllText(cli["along.zip.csv"]));
        Assert.AreEqual(File.ReadAllText(cli["model.zip.csv"]), File.ReadAllText(cli["along-5.zip.csv"]));
        Assert.AreEqual("metrics.json model.onnx model.zip recipe.json report.html", string.Join(' ', Directory.GetFileSystemEntries(cli["m"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)), "what belongs to the earlier run goes");

        Cli.Fails(2, "Option --path must hold numbers of at least 0, separated by commas, but holds 'x'.", [.. train, "--recipe", recipe, "--path", "1,x"]);
        Cli.Fails(2, "Option --path must come with a recipe that has a Penalty, but comes without.", [.. train, "--path", "1"]);
        Cli.Fails(2, "Option --path must come with --protected, but comes without.", [.. train[..^2], "--recipe", recipe, "--path", "1"]);
    }

    [TestMethod]
    public void Text_numbers_words_for_true_and_missing_values_are_learnt_from()
    {
        using var cli = new Cli();
        var data = cli.File("a.csv", Shop(400));
        var (code, output, error) = Cli.Run("train", "--data", data, "--label", "choice", "--out", cli["m"], "--ignore", "id", "--epochs", "60", "--recipe", """{"Patience": 60}""");
        Assert.AreEqual(0, code, error);
        foreach (var line in (string[])["Task        multiclass (guessed from the label; --task says otherwise)", "Numbers     1: price", "True/false  1: member", "Categories  1: colour", "Ignored     id: as asked"])
            StringAssert.Contains(output, line);

        // price, colour and membership together say the choice: each alone would leave a third of the rows wrong
        var metrics = Cli.Json("evaluate", "--model", cli["m/model.zip"], "--data", cli.File("later.csv", Shop(200, seed: 2)));
        Assert.IsTrue(metrics.GetProperty("accuracy").GetDouble() > 0.85, metrics.ToString());

        var (_, table, _) = Cli.Run("predict", "--model", cli["m/model.zip"], "--data", cli.File("new.csv", "colour,member,price", "green,no,1", ",yes,", "violet,yes,9"));
        var rows = table.TrimEnd().Split('\n');
        Assert.AreEqual("colour,member,price,PredictedLabel,Score.buy,Score.leave,Score.look", rows[0]);
        Assert.AreEqual(4, rows.Length);
        foreach (var row in rows.Skip(1))
            Assert.AreEqual(1, row.Split(',')[^3..].Sum(p => double.Parse(p, System.Globalization.CultureInfo.InvariantCulture)), 1e-5);
    }

    [TestMethod]
    public void A_table_of_text_alone_is_learnt_from()
    {
        using var cli = new Cli();
        var data = cli.File("a.csv", [.. Enumerable.Range(0, 200).Select(i => $"{"rgb"[i % 3]},{"xy"[i % 2]},{(i % 3 == 0 ? "yes" : "no")}").Prepend("a,b,c")]);
        Assert.AreEqual(1, Cli.Json("train", "--data", data, "--label", "c", "--out", cli["m"]).GetProperty("accuracy").GetDouble());
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_numbers_and_another_gives_others()
    {
        using var cli = new Cli();
        string Loss(string seed) =>
            Cli.Json("train", "--data", Cli.Data("breast-cancer.csv"), "--label", "malignant", "--out", cli["m"], "--epochs", "5", "--seed", seed).GetProperty("logLoss").GetRawText();

        var first = Loss("1");
        Assert.AreEqual(first, Loss("1"));
        Assert.AreNotEqual(first, Loss("2"));
    }

    [TestMethod]
    public void A_student_learns_from_a_saved_teacher()
    {
        using var cli = new Cli();
        string[] common = ["--data", Cli.Data("breast-cancer.csv"), "--label", "malignant", "--epochs", "20"];
        Cli.Json(["train", .. common, "--out", cli["big"]]);
        string Student(params string[] more) => Cli.Json(["train", .. common, "--out", cli["small"], "--recipe", """{"Network": {"$type": "mlp", "Layers": 1, "Width": 4}}""", .. more]).GetProperty("logLoss").GetRawText();

        Assert.AreNotEqual(Student(), Student("--teacher", cli["big/model.zip"]));
        var recipe = Recipe.FromJson(File.ReadAllText(cli["small/recipe.json"]));
        Assert.AreEqual(new Mlp { Layers = 1, Width = 4 }, recipe.Network);
        Assert.AreEqual(20, recipe.Epochs);
    }

    [TestMethod]
    public void Test_rows_can_be_given()
    {
        using var cli = new Cli();
        var (train, test) = (cli.File("a.csv", Shop(200)), cli.File("b.csv", Shop(50, seed: 2)));
        Assert.AreEqual(50, Cli.Json("train", "--data", train, "--label", "choice", "--test", test, "--out", cli["m"], "--epochs", "5").GetProperty("testRows").GetInt32());

        var words = cli.File("c.csv", "id,price,colour,member,choice", "1,dear,red,yes,buy");
        Cli.Fails(1, $"Column 'price' of '{words}' must hold numbers as in '{train}', but does not in line 2: 'dear'.", "train", "--data", train, "--label", "choice", "--test", words, "--out", cli["n"]);
        Assert.IsFalse(Directory.Exists(cli["n"]));
    }

    [TestMethod]
    public void Rows_without_a_label_are_left_out()
    {
        using var cli = new Cli();
        var rows = Enumerable.Range(0, 200).Select(i => $"{i % 10},{(i % 20 == 7 ? "" : i % 10 > 4 ? "1" : "0")}");
        var trained = Cli.Json("train", "--data", cli.File("a.csv", [.. rows.Prepend("x,y")]), "--label", "y", "--out", cli["m"], "--epochs", "30");
        Assert.AreEqual(10, trained.GetProperty("rowsWithoutLabel").GetInt32());
        Assert.IsTrue(trained.GetProperty("accuracy").GetDouble() > 0.9, trained.ToString());
    }

    [TestMethod]
    public void The_model_is_an_ordinary_one_that_needs_no_label()
    {
        using var cli = new Cli();
        Cli.Json("train", "--data", Cli.Data("diabetes.csv"), "--label", "progression", "--out", cli["m"], "--epochs", "5");
        new MLContext().Model.Load(cli["m/model.zip"], out var schema);
        Assert.AreEqual("progression", schema[^1].Name);

        var lines = File.ReadAllLines(Cli.Data("diabetes.csv")).Take(5).Select(line => line[..line.LastIndexOf(',')]).ToArray();
        Assert.AreEqual(4, Cli.Json("predict", "--model", cli["m/model.zip"], "--data", cli.File("new.csv", lines), "--out", cli["p.csv"]).GetProperty("rows").GetInt32());
        Cli.Fails(1, "Column 'progression' was not found; 'new.csv' has 'age', 'sex', 'bmi', 'blood_pressure', 'total_cholesterol', 'ldl', 'hdl', 'cholesterol_ratio', 'log_triglycerides', 'glucose'.",
            "evaluate", "--model", cli["m/model.zip"], "--data", cli["new.csv"]);
        Cli.Fails(1, "Column 'age' was not found; the data has 'x', 'progression'.", "evaluate", "--model", cli["m/model.zip"], "--data", cli.File("other.csv", "x,progression", "1,2"));
    }

    private static string[] Shop(int rows, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(i =>
        {
            var (price, colour, member) = (random.Next(0, 10), random.Next(0, 3), random.Next(0, 2) == 1);
            var choice = price < 4 ? "buy" : member && colour > 0 ? "look" : "leave";
            return $"{i},{(random.Next(20) == 0 ? "" : price)},{(random.Next(20) == 0 ? "" : ((string[])["red", "green", "blue"])[colour])},{(member ? "yes" : "no")},{choice}";
        }).Prepend("id,price,colour,member,choice")];
    }
}
