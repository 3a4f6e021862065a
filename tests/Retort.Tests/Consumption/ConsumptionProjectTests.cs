using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenQA.Selenium;

namespace Retort.Tests;

/// <summary>What <c>--emit project</c> writes is built, asked, and clicked.</summary>
[TestClass]
public sealed class ConsumptionProjectTests
{
    private static ConsumptionServices Services => ConsumptionServices.Shared;

    public static IEnumerable<object[]> Cases => ConsumptionCase.All.Select((_, i) => new object[] { i });

    [ClassCleanup]
    public static void End() => ConsumptionServices.End();

    [TestMethod, DynamicData(nameof(Cases))]
    public async Task The_service_answers_what_the_command_predicts(int number)
    {
        var of = ConsumptionCase.All[number];
        var (table, rows) = of.Make(200, 2, unseen: "never seen");
        var data = Services[$"{of.Namespace}-new.csv"];
        File.WriteAllLines(data, table);
        Cli.Json("predict", "--model", Services.Model(of), "--data", data, "--out", data + ".scored");
        var lines = File.ReadAllLines(data + ".scored");

        var answers = await Services.Ask<JsonArray>(of, "predict/batch", rows);
        Assert.AreEqual(200, answers.Count);
        using var scored = CsvHelper.CsvReader.FromFile(data + ".scored");
        for (var i = 0; i < 200; i++)
        {
            Assert.IsTrue(scored.Read());
            Same(of, answers[i]!.AsObject(), name => scored.GetString(Array.IndexOf([.. scored.Headers], name)));
        }

        var alone = await Task.WhenAll(rows.Take(32).Select(row => Services.Ask<JsonObject>(of, "predict", row!)));
        for (var i = 0; i < alone.Length; i++)
            Assert.AreEqual(answers[i]!.ToJsonString(), alone[i].ToJsonString(), "alone, from many connections at once");
    }

    [TestMethod]
    [DataRow("""{"1st \"x\" value": "3", "a-b": null, "a_b": true, "größe": 1}""", "Field '1st \"x\" value' must be a number, or null where it is missing, but is text.")]
    [DataRow("""{"1st \"x\" value": 1e99, "a-b": null, "a_b": true, "größe": 1}""", "Field '1st \"x\" value' must be a number from -3.4E+38 to 3.4E+38, but is 1e99.")]
    [DataRow("""{"1st \"x\" value": [], "a-b": null, "a_b": true, "größe": 1}""", "Field '1st \"x\" value' must be a number, or null where it is missing, but is a list.")]
    [DataRow("""{"1st \"x\" value": 1, "a-b": 5, "a_b": true, "größe": 1}""", "Field 'a-b' must be text, or null where it is missing, but is a number.")]
    [DataRow("""{"1st \"x\" value": 1, "a-b": "\ud800", "a_b": true, "größe": 1}""", "Field 'a-b' must be text in UTF-8, but has a letter that is not whole.")]
    [DataRow("""{"1st \"x\" value": 1, "a-b": null, "a_b": null, "größe": 1}""", "Field 'a_b' must be true or false, but is null.")]
    [DataRow("""{"1st \"x\" value": 1, "a-b": null, "a_b": true, "grösse": 1}""", "Field 'grösse' must be a column of the model, but is none of '1st \"x\" value', 'a-b', 'a_b', 'größe'.")]
    [DataRow("""{"1st \"x\" value": 1, "a-b": null, "a_b": true}""", "Field 'größe' must be there, null where its value is missing, but is not.")]
    [DataRow("""{"a-b": null, "a-b": null}""", "Field 'a-b' must be there once, but is there again.")]
    [DataRow("""{"\ud800": null}""", "The names of fields must be text in UTF-8, but one has a letter that is not whole.")]
    [DataRow("[]", "The body must be an object with a field for each column, but is a list.")]
    [DataRow("null", "The body must be an object with a field for each column, but is null.")]
    [DataRow("{", "The body must be JSON, but is not from line 1, byte 2 on.")]
    [DataRow("", "The body must be JSON, but is not from line 1, byte 1 on.")]
    public async Task A_row_that_would_be_misread_is_refused_in_one_sentence(string body, string sentence)
    {
        var (status, text) = await Services.Post(ConsumptionCase.Multiclass, "predict", body);
        var problem = JsonNode.Parse(text)!;
        Assert.AreEqual((400, 400, sentence), (status, (int)problem["status"]!, (string)problem["detail"]!));
    }

    [TestMethod]
    public async Task Batches_and_bodies_have_limits()
    {
        var of = ConsumptionCase.Binary;
        Assert.AreEqual(0, (await Services.Ask<JsonArray>(of, "predict/batch", new JsonArray())).Count);
        Assert.AreEqual(1000, (await Services.Ask<JsonArray>(of, "predict/batch", of.Make(1000, 3).Rows)).Count);
        await Refuses("predict/batch", of.Make(1001, 3).Rows.ToJsonString(), 400, "The body must hold at most 1000 rows, but holds 1001.");
        await Refuses("predict/batch", "{}", 400, "The body must be a list of rows, but is an object.");
        await Refuses("predict/batch", $"[{of.Make(1, 3).Rows[0]!.ToJsonString()}, 7]", 400, "Row 2: It must be an object with a field for each column, but is a number.");
        await Refuses("predict", new string(' ', 5 << 20), 413, "The body must have at most 4194304 bytes, but has more.");
        await Refuses("predict", "{}", 415, "The body must be sent as Content-Type application/json, but is sent as another.", "text/plain");
        StringAssert.Contains(await Services.Client(of).GetStringAsync("health"), "ok");

        async Task Refuses(string path, string body, int expected, string sentence, string type = "application/json")
        {
            var (status, text) = await Services.Post(of, path, body, type);
            Assert.AreEqual((expected, sentence), (status, (string)JsonNode.Parse(text)!["detail"]!));
        }
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public async Task The_description_says_what_a_row_is(int number)
    {
        var of = ConsumptionCase.All[number];
        var description = JsonNode.Parse(await Services.Client(of).GetStringAsync("openapi/v1.json"))!;
        var paths = description["paths"]!.AsObject();
        CollectionAssert.AreEquivalent(new[] { "/health", "/predict", "/predict/batch" }, paths.Select(path => path.Key).ToArray());
        var row = description["components"]!["schemas"]!["ModelInput"]!;
        CollectionAssert.AreEquivalent(of.Columns, row["properties"]!.AsObject().Select(property => property.Key).ToArray());
        CollectionAssert.AreEquivalent(of.Columns, row["required"]!.AsArray().Select(name => (string)name!).ToArray());
        Assert.IsFalse((bool)row["additionalProperties"]!);
        var types = row["properties"]!.AsObject().Select(property => property.Value!["type"]!).Select(type => type is JsonArray several ? string.Join('+', several.Select(t => (string)t!).Order()) : (string)type!).Order().ToArray();
        CollectionAssert.AreEqual(of.Task == "regression" ? ["null+number", "null+number", "null+number", "null+number", "null+string"] : new[] { "boolean", "null+number", "null+number", "null+string" }, types);
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public async Task The_console_program_measures_what_the_command_measures(int number)
    {
        var of = ConsumptionCase.All[number];
        var data = Services[$"{of.Namespace}.csv"];
        var (code, output, error) = await ChildProcess.Start("dotnet", Services.Program(of, "Console"), "evaluate", data);
        Assert.AreEqual(0, code, error);
        var measured = Cli.Json("evaluate", "--model", Services.Model(of), "--data", data);
        foreach (var (line, metric) in of.Task == "regression" ? [("R squared", "r2"), ("Root mean squared error", "rmse"), ("Mean absolute error", "mae")] : new[] { ("Accuracy ", "accuracy") })
            Assert.AreEqual(measured.GetProperty(metric).GetDouble(), double.Parse(output.Split('\n').First(text => text.StartsWith(line, StringComparison.Ordinal)).Split(' ')[^1], CultureInfo.InvariantCulture), 1e-4, line);

        (code, output, error) = await ChildProcess.Start("dotnet", Services.Program(of, "Console"), "predict");
        Assert.AreEqual(0, code, error);
        StringAssert.StartsWith(output, of.Label + ": ");
        (code, _, error) = await ChildProcess.Start("dotnet", Services.Program(of, "Console"), "evaluate", Cli.Data("digits.csv"));
        Assert.AreEqual(1, code);
        StringAssert.StartsWith(error, $"Column '{of.Columns[0]}' was not found; ");
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public async Task The_page_is_filled_in_and_answers(int number)
    {
        var of = ConsumptionCase.All[number];
        var browser = Browser.Shared;
        browser.Open(Services.Client(of).BaseAddress!.AbsoluteUri);
        var fields = browser.Driver.FindElements(By.CssSelector("#fields input, #fields select"));
        CollectionAssert.AreEqual(of.Columns, fields.Select(field => field.GetDomAttribute("name")).ToArray());
        Assert.IsTrue(fields.All(field => browser.Run<bool>("return arguments[0].labels.length === 1 && document.getElementById(arguments[0].getAttribute('aria-describedby')) !== null", field)), "a label and a hint each");

        var row = of.Make(1, 7).Rows[0]!.AsObject();
        foreach (var field in fields)
            Fill(field, row[field.GetDomAttribute("name")!]);
        browser.Driver.FindElement(By.CssSelector("button[type=submit]")).SendKeys(OpenQA.Selenium.Keys.Enter); // by keyboard
        var answer = await Answer();
        var told = await Services.Ask<JsonObject>(of, "predict", row);
        StringAssert.StartsWith(answer, told["predictedLabel"] is { } label ? label.GetValueKind() == JsonValueKind.True ? "yes" : label.GetValueKind() == JsonValueKind.False ? "no" : (string)label! : told["score"]!.ToJsonString());
        if (told["probabilities"] is JsonObject probabilities)
            foreach (var (name, probability) in probabilities)
                StringAssert.Contains(answer, $"{name} {100 * (double)probability!:F1} %".Replace(',', '.'));
        Assert.AreEqual(0, browser.Said().Count(line => !line.Contains("favicon", StringComparison.Ordinal)), string.Join('\n', browser.Said()));
        Assert.IsTrue(browser.Asked().All(address => address.StartsWith(Services.Client(of).BaseAddress!.AbsoluteUri, StringComparison.Ordinal)), "nothing from elsewhere");

        async Task<string> Answer()
        {
            var text = "";
            for (var i = 0; i < 100 && text.Length == 0; i++, await Task.Delay(50))
                text = browser.Driver.FindElement(By.Id("answer")).Text;
            return text;
        }

        void Fill(IWebElement field, JsonNode? value)
        {
            if (field.TagName == "select")
            {
                field.SendKeys((bool)value! ? "yes" : "no");
                return;
            }

            field.Clear();
            if (value is not null && value.ToString().Any(char.IsSurrogate)) // the driver has no such keys
                browser.Run<object?>("arguments[0].value = arguments[1]", field, value.ToString());
            else if (value is not null)
                field.SendKeys(value.ToString());
        }
    }

    [TestMethod]
    public void The_file_for_Model_Builder_names_every_column()
    {
        var of = ConsumptionCase.Binary;
        var config = JsonNode.Parse(File.ReadAllText(Services.Project(of, "Model/Model.mbconfig")))!;
        Assert.AreEqual(("Classification", "TrainingConfig"), ((string)config["Scenario"]!, (string)config["Type"]!));
        var columns = config["DataSource"]!["ColumnProperties"]!.AsArray().Select(column => $"{column!["ColumnName"]} {column["ColumnPurpose"]} {column["ColumnDataFormat"]}").ToArray();
        CollectionAssert.AreEqual(new[] { "ModelInput Feature Single", "string Feature String", "namespace Feature Boolean", "Equals Feature Single", "is it? Label Single" }, columns);
        Assert.AreEqual(Path.GetFullPath(Services[$"{of.Namespace}.csv"]), Path.GetFullPath((string)config["DataSource"]!["FilePath"]!, Services.Project(of, "Model")));
        Assert.AreEqual("Retort network mlp", (string)config["RunHistory"]!["Trials"]![0]!["TrainerName"]!);
    }

    private static void Same(ConsumptionCase of, JsonObject answer, Func<string, string> expected)
    {
        switch (of.Task)
        {
            case "binary":
                Near("Probability", answer["probability"]!);
                Near("Score", answer["score"]!);
                Assert.AreEqual(expected("PredictedLabel"), answer["predictedLabel"]!.ToJsonString());
                break;
            case "multiclass":
                Assert.AreEqual(expected("PredictedLabel"), (string)answer["predictedLabel"]!);
                foreach (var (name, probability) in answer["probabilities"]!.AsObject())
                    Near($"Score.{name}", probability!);
                break;
            default:
                Near("Score", answer["score"]!);
                break;
        }

        void Near(string name, JsonNode said) => Assert.AreEqual(double.Parse(expected(name), CultureInfo.InvariantCulture), (double)said, 1e-5 * Math.Max(1, Math.Abs((double)said)), name);
    }
}
