using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;
using Retort.Cli.Output;
using Retort.Cli.Reports;

namespace Retort.Tests;

/// <summary>The numbers behind the pictures of a report.</summary>
[TestClass]
public sealed class ReportDataTests
{
    [TestMethod]
    [DataRow("binary")]
    [DataRow("hostile")]
    [DataRow("sweep")]
    public void Pictures_of_classes_show_what_metrics_json_says(string name)
    {
        var (page, metrics) = Read(name);
        var classes = page.GetProperty("classes");
        var rows = metrics.GetProperty("testRows").GetInt32();
        var confusion = classes.GetProperty("confusion").EnumerateArray().Select(row => row.EnumerateArray().Select(count => count.GetInt32()).ToArray()).ToArray();
        Assert.AreEqual(rows, confusion.Sum(row => row.Sum()));
        Assert.AreEqual(metrics.GetProperty("accuracy").GetDouble(), confusion.Select((row, i) => row[i]).Sum() / (double)rows, 1e-9);

        var curves = classes.GetProperty("curves").EnumerateArray().ToArray();
        Assert.AreEqual(metrics.GetProperty("auc").GetDouble(), curves.Average(curve => curve.GetProperty("area").GetDouble()), 1e-5);
        foreach (var curve in curves)
        {
            var points = curve.GetProperty("roc").EnumerateArray().Select(point => (X: point[0].GetDouble(), Y: point[1].GetDouble())).ToArray();
            Assert.AreEqual((1.0, 1.0), points[^1]);
            Assert.AreEqual(curve.GetProperty("area").GetDouble(), points.Zip(points.Skip(1), (a, b) => (b.X - a.X) * (a.Y + b.Y) / 2).Sum(), 0.01, "the curve that is drawn");
        }

        var bins = classes.GetProperty("after").GetProperty("bins").EnumerateArray().ToArray();
        Assert.AreEqual(rows, bins.Sum(bin => bin.GetProperty("rows").GetInt32()));
        Assert.AreEqual(metrics.GetProperty("ece").GetDouble(), bins.Sum(bin => Math.Abs(bin.GetProperty("confidence").GetDouble() - bin.GetProperty("accuracy").GetDouble()) * bin.GetProperty("rows").GetInt32()) / rows, 1e-4);
        Assert.AreEqual(name != "sweep", classes.TryGetProperty("before", out _), "there is something to compare with where there is a calibration");
    }

    [TestMethod]
    public void Pictures_of_numbers_show_what_metrics_json_says()
    {
        var (page, metrics) = Read("regression");
        var values = page.GetProperty("values");
        Assert.AreEqual(metrics.GetProperty("testRows").GetInt32(), values.GetProperty("errors").EnumerateArray().Sum(bar => bar.GetProperty("count").GetInt32()));
        var points = values.GetProperty("points").EnumerateArray().Select(point => point.EnumerateArray().Select(number => number.GetDouble()).ToArray()).ToArray();
        Assert.AreEqual(metrics.GetProperty("rmse").GetDouble(), Math.Sqrt(points.Average(point => Math.Pow(point[0] - point[1], 2))), 1e-2);
        var figure = page.GetProperty("verdict")[0];
        Assert.AreEqual(metrics.GetProperty("rmse").GetDouble(), figure.GetProperty("value").GetDouble(), 1e-3);
        Assert.IsTrue(figure.GetProperty("low").GetDouble() < figure.GetProperty("value").GetDouble() && figure.GetProperty("value").GetDouble() < figure.GetProperty("high").GetDouble());
        Assert.AreEqual(points.Count(point => point[0] >= point[2] && point[0] <= point[3]) / (double)points.Length, values.GetProperty("coverage")[0].GetProperty("coverage").GetDouble(), 1e-3);
    }

    [TestMethod]
    public void Epochs_are_those_of_the_run()
    {
        var (page, metrics) = Read("binary");
        var learning = metrics.GetProperty("learning");
        CollectionAssert.AreEqual(Enumerable.Range(1, 10).ToArray(), learning.GetProperty("epoch").EnumerateArray().Select(epoch => epoch.GetInt32()).ToArray());
        var heldOut = learning.GetProperty("heldOutLoss").EnumerateArray().Select(loss => loss.GetDouble()).ToArray();
        Assert.AreEqual(Array.IndexOf(heldOut, heldOut.Min()) + 1, page.GetProperty("learning").GetProperty("best").GetInt32());
    }

    [TestMethod]
    public void A_curve_of_five_rows_is_that_of_a_calculation_by_hand()
    {
        // by falling probability of the second class: in, out, in, in, out; so of 6 pairs 1 + 2 + ... : 2 + 1 + 1 in order
        var scored = new Scored(LearningTask.Binary, 2, [1, 0, 1, 1, 0], [0.1f, 0.9f, 0.2f, 0.8f, 0.3f, 0.7f, 0.4f, 0.6f, 0.5f, 0.5f], 0);
        var curve = ClassCurve.Of(scored, 1, "second");
        Assert.AreEqual(4.0 / 6, curve.Area, 1e-12);
        Assert.AreEqual((1 + 2.0 / 3 + 3.0 / 4) / 3, curve.Precision, 1e-12);
        Assert.AreEqual(0.6, curve.Share, 1e-12);
        CollectionAssert.AreEqual(new[] { 0.0, 1.0 / 3 }, curve.Roc[1]);
        CollectionAssert.AreEqual(new[] { 1.0, 0.6 }, curve.Recall[^1]);
    }

    [TestMethod]
    public void The_interval_of_a_bin_is_Wilsons()
    {
        var bin = Bin.Of(new ReliabilityBin(0.4, 0.5, 10, 1, 0.45, 0.5)); // (5 + 1.92) / 13.84 -+ 1.96 / 13.84 * sqrt(2.5 + 0.96)
        Assert.AreEqual(0.2366, bin.Low, 1e-4);
        Assert.AreEqual(0.7634, bin.High, 1e-4);
        Assert.AreEqual(1, Bin.Of(new ReliabilityBin(0.9, 1, 3, 1, 0.95, 1)).High, 1e-12);
    }

    [TestMethod]
    public void A_column_that_is_dealt_anew_keeps_its_values_and_the_others_their_places()
    {
        var ml = new MLContext(1);
        var rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 6).Select(i => new Pair { Number = i, Text = $"t{i}" }));
        var view = PermutedView.Of(rows, ["Number", "Text"], position => position != 2).With("Text", [4, 3, 2, 1, 0]);
        var read = ml.Data.CreateEnumerable<Pair>(view, reuseRowObject: false).ToArray();
        CollectionAssert.AreEqual(new float[] { 0, 1, 3, 4, 5 }, read.Select(row => row.Number).ToArray());
        CollectionAssert.AreEqual(new[] { "t5", "t4", "t3", "t1", "t0" }, read.Select(row => row.Text).ToArray());
    }

    [TestMethod]
    public void A_column_that_the_label_hangs_on_matters_and_the_most_important_stands_first()
    {
        var (page, _) = Read("hostile");
        var importance = page.GetProperty("importance");
        JsonElement[] columns = [.. importance.GetProperty("columns").EnumerateArray()];
        CollectionAssert.AreEquivalent(new[] { ReportPages.Quoted, ReportPages.Comment }, columns.Select(column => column.GetProperty("name").GetString()).ToArray());
        double[] means = [.. columns.Select(column => column.GetProperty("mean").GetDouble())];
        CollectionAssert.AreEqual(means.OrderDescending().ToArray(), means);
        Assert.IsTrue(columns[0].GetProperty("low").GetDouble() > 0.1, importance.ToString()); // which of the two it is hangs on the split
    }

    [TestMethod]
    public void A_saved_model_is_measured_on_the_rows_that_training_kept_back_and_else_the_report_warns()
    {
        using var cli = new Cli();
        var (_, metrics) = Read("binary");
        var again = Cli.Json("report", "--model", ReportPages.File("binary", "model.zip"), "--data", Cli.Data("breast-cancer.csv"), "--out", cli["again.html"]);
        foreach (var name in (string[])["accuracy", "logLoss", "auc"])
            Assert.AreEqual(metrics.GetProperty(name).GetDouble(), again.GetProperty(name).GetDouble(), 1e-12);
        Assert.AreEqual(0, Page(cli["again.html"]).GetProperty("warnings").GetArrayLength());

        File.Copy(ReportPages.File("binary", "model.zip"), cli["alone.zip"]);
        Cli.Json("report", "--model", cli["alone.zip"], "--data", Cli.Data("breast-cancer.csv"), "--out", cli["alone.html"]);
        var alone = Page(cli["alone.html"]);
        Assert.AreEqual(569, alone.GetProperty("rows").GetInt32());
        StringAssert.StartsWith(alone.GetProperty("warnings")[0].GetString(), "The model may have learned from some of these rows");
        Assert.IsFalse(alone.TryGetProperty("learning", out _));
    }

    [TestMethod]
    public void A_model_of_ML_NET_alone_has_a_report_too()
    {
        using var cli = new Cli();
        var ml = new MLContext(1);
        var rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 300).Select(i => new Row { A = i % 17, B = i % 5, Text = i % 3 == 0 ? "x" : "y", Y = i % 17 > 8 }));
        var model = ml.Transforms.Categorical.OneHotEncoding("T", "Text").Append(ml.Transforms.Concatenate("Features", "A", "B", "T"))
            .Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Y")).Fit(rows);
        ml.Model.Save(model, ml.Transforms.SelectColumns("A", "B", "Text").Fit(rows).Transform(rows).Schema, cli["m.zip"]);
        var data = cli.File("d.csv", ["A,B,Text,Y", .. Enumerable.Range(0, 200).Select(i => $"{i % 17},{i % 5},{(i % 3 == 0 ? "x" : "y")},{(i % 17 > 8 ? 1 : 0)}")]);
        Cli.Json("report", "--model", cli["m.zip"], "--data", data, "--label", "Y", "--protected", "Text", "--out", cli["r.html"]);
        var page = Page(cli["r.html"]);
        Assert.AreEqual(200, page.GetProperty("rows").GetInt32());
        Assert.AreEqual("A", page.GetProperty("importance").GetProperty("columns")[0].GetProperty("name").GetString());
        Assert.AreEqual(1, page.GetProperty("warnings").GetArrayLength(), page.GetProperty("warnings").ToString());
        StringAssert.Contains(page.GetProperty("code").GetString(), "public float A { get; set; } = float.NaN;");
    }

    [TestMethod]
    public void A_report_that_fails_is_a_sentence_and_not_the_end_of_training()
    {
        using var cli = new Cli();
        var output = new StringWriter();
        Assert.IsFalse(ReportFile.TryWrite(new Terminal(output, TextWriter.Null, json: false), cli["report.html"], () => throw new InvalidDataException("A thing must be there, but is not."), CancellationToken.None));
        Assert.AreEqual("Note        report.html was not written: A thing must be there, but is not.", output.ToString().TrimEnd());
        Assert.IsFalse(File.Exists(cli["report.html"]));
    }

    [TestMethod]
    public void Code_has_a_property_for_each_column_whatever_it_is_called()
    {
        var builder = new DataViewSchema.Builder();
        foreach (var name in (string[])["age", "Age", "2nd", "a\"b\\", "---"])
            builder.AddColumn(name, NumberDataViewType.Single);
        var code = UsageCode.Of(LearningTask.Regression, [.. builder.ToSchema()], isOurs: true, new Dictionary<string, string> { ["age"] = "1.5" });
        foreach (var line in (string[])["Age = 1.5f,", "[ColumnName(\"age\")]", "public float Age { get; set; } = float.NaN;", "public float Age_2 { get; set; } = float.NaN;", "public float _2nd { get; set; } = float.NaN;", "[ColumnName(\"a\\\"b\\\\\")]", "public float A_b_ { get; set; } = float.NaN;"])
            StringAssert.Contains(code, line);
    }

    private static (JsonElement Page, JsonElement Metrics) Read(string name) => (Page(ReportPages.Of(name)), JsonDocument.Parse(File.ReadAllText(ReportPages.File(name, "metrics.json"))).RootElement);

    private static JsonElement Page(string path) => JsonDocument.Parse(Regex.Match(File.ReadAllText(path), "<script type=\"application/json\" id=\"figures\">(.*?)</script>", RegexOptions.Singleline).Groups[1].Value).RootElement;

    private sealed class Pair
    {
        public float Number { get; set; }

        public string Text { get; set; } = "";
    }

    private sealed class Row
    {
        public float A { get; set; }

        public float B { get; set; }

        public string Text { get; set; } = "";

        public bool Y { get; set; }
    }
}
