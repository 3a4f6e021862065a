using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Retort.Tests;

/// <summary><c>retort sweep</c>.</summary>
[TestClass]
public sealed class SweepCommandTests
{
    private const string Space = """{"Base": {"Epochs": 9, "BatchSize": 32}, "Networks": [{"$type": "mlp", "Layers": 1, "Width": 8}], "Losses": [null, {"$type": "focal"}], "Optimizers": [{"$type": "adamw"}], "Held": ["mlp.Layers"], "Ranges": {"mlp.Width": [4, 64]}}""";

    private static readonly string[] s_base = ["--data", Cli.Data("breast-cancer.csv"), "--label", "malignant"];

    private static string[] Sweep(Cli cli, string folder, int trials, params string[] more) => ["sweep", .. s_base, "--space", cli.File("space.json", Space), "--trials", trials.ToString(CultureInfo.InvariantCulture), "--out", cli[folder], .. more];

    private static string[] Files(string folder) => [.. Directory.GetFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)];

    private static string Trials(string folder)
    {
        using var sweep = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "sweep.json")));
        return sweep.RootElement.GetProperty("trials").GetRawText();
    }

    [TestMethod]
    public void The_best_recipe_makes_the_same_model_alone_and_more_trials_go_on()
    {
        using var cli = new Cli();
        var found = Cli.Json(Sweep(cli, "m", 9));
        CollectionAssert.AreEqual(new[] { ".sweep", "metrics.json", "model.onnx", "model.zip", "recipe.json", "report.html", "sweep.json" }, Files(cli["m"]));
        using var sweep = JsonDocument.Parse(File.ReadAllText(cli["m/sweep.json"]));
        var trials = sweep.RootElement.GetProperty("trials").EnumerateArray().ToArray();
        var best = trials[sweep.RootElement.GetProperty("best").GetInt32()];
        Assert.AreEqual(9, trials.Length);
        Assert.AreEqual(Recipe.FromJson(best.GetProperty("recipe").GetRawText()), Recipe.FromJson(File.ReadAllText(cli["m/recipe.json"])));
        Assert.AreEqual(RecipeSpace.FromJson(Space), RecipeSpace.FromJson(sweep.RootElement.GetProperty("space").GetRawText()));
        Assert.AreEqual(best.GetProperty("objectives").GetProperty("logLoss").GetDouble(), found.GetProperty("sweep").GetProperty("objectives").GetProperty("logLoss").GetDouble());

        // the same rows were held out for the test: the search has seen none of them
        var alone = Cli.Json(["train", .. s_base, "--recipe", cli["m/recipe.json"], "--out", cli["alone"]]);
        foreach (var metric in (string[])["testRows", "accuracy", "logLoss", "ece"])
            Assert.AreEqual(alone.GetProperty(metric).GetRawText(), found.GetProperty(metric).GetRawText());
        foreach (var model in (string[])["m", "alone"])
            Cli.Json("predict", "--model", cli[model + "/model.zip"], "--data", Cli.Data("breast-cancer.csv"), "--out", cli[model + ".csv"]);
        Assert.AreEqual(File.ReadAllText(cli["alone.csv"]), File.ReadAllText(cli["m.csv"]));

        var (code, output, error) = Cli.Run(Sweep(cli, "m", 14));
        Assert.AreEqual(0, code, error);
        StringAssert.Contains(output, $"Goes on     from {cli["m/.sweep"]}, where an earlier search was ended");
        Assert.AreEqual(0, Cli.Run(Sweep(cli, "whole", 14, "--threads", "1")).Code);
        Assert.AreEqual(Trials(cli["whole"]), Trials(cli["m"]));
    }

    [TestMethod]
    public void A_front_of_several_objectives_is_measured_and_written_with_a_model_for_each()
    {
        using var cli = new Cli();
        var random = new Random(1);
        var data = cli.File("a.csv", [.. Enumerable.Range(0, 300).Select(i => (X: random.NextDouble(), Sex: random.Next(2))).Select(row => FormattableString.Invariant($"{row.X:G6},{(row.Sex == 1 ? "f" : "m")},{(row.X + 0.3 * row.Sex + 0.2 * random.NextDouble() > 0.7 ? "yes" : "no")}")).Prepend("x,sex,hired")]);
        var space = cli.File("space.json", """{"Base": {"Epochs": 9}, "Networks": [{"$type": "mlp", "Layers": 1, "Width": 8}], "Optimizers": [{"$type": "adamw"}], "Penalties": [null, {"$type": "dcov"}], "Held": ["mlp.Layers"], "Ranges": {"mlp.Width": [2, 12]}}""");
        var found = Cli.Json("sweep", "--data", data, "--label", "hired", "--space", space, "--trials", "18", "--objective", "loss,weights,gap:sex", "--out", cli["m"]);
        var front = found.GetProperty("sweep").GetProperty("front").EnumerateArray().ToArray();
        Assert.IsTrue(front.Length >= 2, found.ToString());
        Assert.AreEqual("sex", found.GetProperty("fairness").GetProperty("columns")[0].GetProperty("name").GetString());
        foreach (var point in front)
        {
            CollectionAssert.AreEqual(new[] { "logLoss", "weights", "gap" }, point.GetProperty("objectives").EnumerateObject().Select(one => one.Name).ToArray());
            Assert.IsTrue(point.GetProperty("objectives").GetProperty("weights").GetDouble() <= 2 * 12 + 12 + 12 + 1 + 12);
            Cli.Json("predict", "--model", cli["m/" + point.GetProperty("model").GetString()], "--data", data, "--out", cli["p.csv"]); // without the protected column it would do as well
        }
    }

    [TestMethod]
    public void A_soup_is_taken_where_it_is_better_and_the_best_recipe_on_all_rows_where_that_is_asked_for()
    {
        using var cli = new Cli();
        var space = cli.File("one.json", """{"Base": {"Epochs": 9, "Network": {"$type": "mlp", "Layers": 1, "Width": 16}}, "Optimizers": [{"$type": "adamw"}], "Mixings": [null, {"$type": "mixup"}]}""");
        string[] Sweep(int seed) => ["sweep", .. s_base, "--space", space, "--trials", "18", "--out", cli["m"], "--force", "--seed", $"{seed}"];
        var seed = Enumerable.Range(0, 12).First(seed => Cli.Json(Sweep(seed)).GetProperty("sweep").GetProperty("chosen").GetString() == "soup"); // the seeds without a soup take the best
        var sweep = Sweep(seed).Where(word => word != "--force").ToArray();
        var soup = Cli.Json(sweep);
        var losses = (string of) => soup.GetProperty("sweep").GetProperty(of).GetProperty("objectives").GetProperty("logLoss").GetDouble();
        Assert.IsTrue(losses("soup") < soup.GetProperty("sweep").GetProperty("objectives").GetProperty("logLoss").GetDouble());

        var (code, output, error) = Cli.Run([.. sweep, "--refit"]);
        Assert.AreEqual(0, code, error);
        StringAssert.Contains(output, "trained once more on the rows too that judged it");
        using var metrics = JsonDocument.Parse(File.ReadAllText(cli["m/metrics.json"]));
        Assert.AreEqual("refit", metrics.RootElement.GetProperty("sweep").GetProperty("chosen").GetString());
        Assert.AreNotEqual(soup.GetProperty("logLoss").GetDouble(), metrics.RootElement.GetProperty("logLoss").GetDouble());
    }

    [TestMethod]
    public void A_search_within_minutes_ends_and_asked_again_gives_what_it_has()
    {
        using var cli = new Cli();
        string[] sweep = ["sweep", .. s_base, "--space", "fast", "--minutes", "0.05", "--threads", "1", "--out", cli["m"]];
        var found = Cli.Json(sweep);
        Assert.IsTrue(found.GetProperty("seconds").GetDouble() is > 2 and < 30, found.ToString());
        var trials = found.GetProperty("sweep").GetProperty("trials").GetInt32();
        var lines = File.ReadAllText(cli["m/.sweep/trials.jsonl"]);
        var again = Cli.Json(sweep);
        Assert.IsTrue(again.GetProperty("sweep").GetProperty("trials").GetInt32() <= trials); // those that were cut short have no state
        Assert.AreEqual(lines, File.ReadAllText(cli["m/.sweep/trials.jsonl"])); // and nothing more was trained
    }

    [TestMethod]
    public async Task A_search_that_is_killed_goes_on_and_ends_in_the_same_table()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("Windows has no kill -KILL.");
        using var cli = new Cli();
        var random = new Random(3);
        Assert.AreEqual(0, Cli.Run(Sweep(cli, "whole", 14)).Code);
        for (var times = 0; times < 2; times++)
        {
            using var process = Process.Start(new ProcessStartInfo("dotnet", [ChildProcess.Program("Retort.Cli", "Retort.Cli"), .. Sweep(cli, "m", 14)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var rungs = random.Next(1, 6);
            while (!process.HasExited && !(File.Exists(cli["m/.sweep/trials.jsonl"]) && File.ReadLines(cli["m/.sweep/trials.jsonl"]).Count() > rungs + 6 * times))
                await Task.Delay(5);
            process.Kill();
            await process.WaitForExitAsync();
            Assert.IsFalse(File.Exists(cli["m/model.zip"]));
        }

        Assert.AreEqual(0, Cli.Run(Sweep(cli, "m", 14)).Code);
        Assert.AreEqual(Trials(cli["whole"]), Trials(cli["m"]));
        CollectionAssert.AreEqual(File.ReadAllBytes(cli["whole/model.zip"]), File.ReadAllBytes(cli["m/model.zip"]));
    }

    [TestMethod]
    public async Task Ctrl_C_writes_the_best_so_far()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("Windows has no kill -INT.");
        using var cli = new Cli();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [ChildProcess.Program("Retort.Cli", "Retort.Cli"), "sweep", .. s_base, "--space", "fast", "--minutes", "5", "--out", cli["m"]]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        while (!process.HasExited && !(File.Exists(cli["m/.sweep/trials.jsonl"]) && File.ReadLines(cli["m/.sweep/trials.jsonl"]).Count() > 3))
            await Task.Delay(5);
        Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
        Assert.AreEqual(130, process.ExitCode);
        var error = await process.StandardError.ReadToEndAsync();
        StringAssert.StartsWith(error, $"Cancelled; the model in {cli["m"]} is the best of ");
        StringAssert.EndsWith(error, $" trials so far, and the same command goes on from {cli["m/.sweep"]}.\n");
        Assert.IsTrue(Cli.Json("evaluate", "--model", cli["m/model.zip"], "--data", Cli.Data("breast-cancer.csv")).GetProperty("accuracy").GetDouble() > 0.5);
    }

    [TestMethod]
    public void What_cannot_be_searched_is_said_in_one_sentence()
    {
        using var cli = new Cli();
        string[] sweep = ["sweep", .. s_base, "--out", cli["m"]];
        Cli.Fails(2, "Option --objective must list some of loss, accuracy, ece, gap, gap:COLUMN, weights, latency, but lists 'f1'.", [.. sweep, "--objective", "accuracy,f1"]);
        Cli.Fails(2, "Option --objective must list each objective once, but lists 'ece' twice.", [.. sweep, "--objective", "ece,ece"]);
        Cli.Fails(2, "Objective 'gap' must come with protected columns, as gap:COLUMN or by --protected, but comes without.", [.. sweep, "--objective", "gap"]);
        Cli.Fails(1, "Column 'sex' was not found; 'diabetes2.csv' has 'x', 'y'.", "sweep", "--data", cli.File("diabetes2.csv", ["x,y", .. Enumerable.Range(0, 50).Select(i => $"{i},{i % 2}")]), "--label", "y", "--objective", "loss,gap:sex", "--out", cli["m"]);
        Cli.Fails(2, "Objective 'ece' must be asked for where classes are predicted, but the task is regression.", "sweep", "--data", Cli.Data("diabetes.csv"), "--label", "progression", "--objective", "ece", "--out", cli["m"]);
        Cli.Fails(2, "Option --minutes must be a number above 0, but is '0'.", [.. sweep, "--minutes", "0"]);
        Cli.Fails(2, "Option --minutes must be a number above 0, but is 'NaN'.", [.. sweep, "--minutes", "NaN"]);
        Cli.Fails(2, "Option --trials must be at least 1, but is 0.", [.. sweep, "--trials", "0"]);
        Cli.Fails(2, "Option --space must be one of default, fast, calibrated, penalised, or a file, but 'none.json' was not found.", [.. sweep, "--space", "none.json"]);
        Cli.Fails(2, "Option --space must come with --protected where it has the penalty 'dcov', but comes without.", [.. sweep, "--space", "penalised"]);
        var wrong = cli.File("wrong.json", """{"Base": {}, "Losess": []}""");
        Cli.Fails(2, $"RecipeSpace has no list 'Losess'; it has 'Base', 'Networks', 'Losses', 'Distillations', 'Penalties', 'Mixings', 'Optimizers', 'Schedules', 'Averagings', 'Calibrations', 'Subsets', 'Settings', 'Held', 'Ranges' (in '{wrong}').", [.. sweep, "--space", wrong]);
        cli.File("wrong.json", """{"Networks": [{"$type": "mpl"}]}""");
        StringAssert.StartsWith(Cli.Run([.. sweep, "--space", wrong]).Error, "Network must name its method in $type, one of 'linear', ");
        Assert.IsFalse(Directory.Exists(cli["m"]));

        // a folder of another search
        Cli.Json(Sweep(cli, "m", 2));
        Cli.Fails(1, $"The folder '{cli["m/.sweep"]}' must be of the same space, settings and data as the sweep, but is of others; give another folder to begin anew.", [.. sweep, "--space", "fast", "--trials", "2"]);
        Assert.AreEqual(2, Cli.Json([.. sweep, "--space", "fast", "--trials", "2", "--force"]).GetProperty("sweep").GetProperty("trials").GetInt32());
    }

    [TestMethod]
    [DataRow("default")]
    [DataRow("fast")]
    [DataRow("calibrated")]
    [DataRow("penalised")]
    public void Spaces_are_printed_as_files(string name)
    {
        var (code, output, error) = Cli.Run("sweep", "--space", name, "--space-template");
        Assert.AreEqual(0, code, error);
        Assert.AreEqual(name switch { "default" => RecipeSpace.Default, "fast" => RecipeSpace.Fast, "calibrated" => RecipeSpace.Calibrated, _ => RecipeSpace.Penalised }, RecipeSpace.FromJson(output));
    }
}
