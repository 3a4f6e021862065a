using System.Text;
using System.Text.Json;
using Retort.Cli.Output;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Tests;

/// <summary>What people met who had nothing but the README.</summary>
[TestClass]
public sealed class StrangerTests
{
    private static readonly string Cancer = Cli.Data("breast-cancer.csv");

    [TestMethod]
    public void A_bad_truth_is_named_with_its_line()
    {
        using var cli = new Cli();
        Cli.Json("train", "--data", cli.File("a.csv", Members("yes", "no")), "--label", "y", "--out", cli["m"], "--epochs", "1");
        var bad = cli.File("b.csv", "x,member", "1,yes", "2,no", "3,perhaps");
        Cli.Fails(1, $"Column 'member' must hold true or false in every row as the model was trained with, but line 4 of '{bad}' has 'perhaps'.", "predict", "--model", cli["m/model.zip"], "--data", bad);
        var none = cli.File("c.csv", "x,member", "1,yes", "2,");
        Cli.Fails(1, $"Column 'member' must hold true or false in every row as the model was trained with, but line 3 of '{none}' has none.", "predict", "--model", cli["m/model.zip"], "--data", none);
    }

    [TestMethod]
    public void A_column_without_a_name_is_left_out_and_goes_through()
    {
        using var cli = new Cli();
        var rows = Enumerable.Range(0, 60).Select(i => $"{i},{i % 7},{i % 2}").Prepend(",a,y").ToArray();
        var data = cli.File("a.csv", rows);
        var (code, output, error) = Cli.Run("train", "--data", data, "--label", "y", "--out", cli["m"], "--epochs", "1");
        Assert.AreEqual(0, code, error);
        StringAssert.Contains(output, "Ignored     column 1: the header has no name for it");
        Cli.Json("predict", "--model", cli["m/model.zip"], "--data", data, "--out", cli["p.csv"]);
        StringAssert.StartsWith(File.ReadAllText(cli["p.csv"]), ",a,y,PredictedLabel,Probability,Score\n0,0,0,");
    }

    [TestMethod]
    public void The_cell_that_makes_a_column_text_is_named()
    {
        using var cli = new Cli();
        string[] Rows(string odd) => [.. Enumerable.Range(0, 60).Select(i => $"{(i == 5 ? odd : $"{i}")},{i % 2}").Prepend("a,y")];
        foreach (var odd in (string[])["1e400", "inf"])
        {
            var data = cli.File("a.csv", Rows(odd));
            Cli.Fails(1, $"Column 'a' must hold numbers in every row, as it does in 59 of 60, but line 7 has '{odd}'; mend or empty the cell, or name the column in --ignore.", "train", "--data", data, "--label", "y");
        }
    }

    [TestMethod]
    [DataRow("1,5")]
    [DataRow("1.234,50")]
    [DataRow("$1,234.50")]
    [DataRow("12.3%")]
    [DataRow("1 234,5 €")]
    public void Numbers_as_people_write_them_are_refused_with_what_to_do(string written)
    {
        using var cli = new Cli();
        var data = cli.File("a.csv", [.. Enumerable.Range(0, 60).Select(i => $"{(i == 0 ? written : $"{i},5")};{i};{i % 2}").Prepend("a;b;y")]);
        string[] train = ["train", "--data", data, "--label", "y", "--epochs", "1", "--out", cli["m"]];
        Cli.Fails(1, $"Column 'a' must hold numbers as 1234.5, but line 2 has '{written}'; write them with a point and without marks of thousands, money or percent, or name the column in --ignore.", train);
        Assert.AreEqual(0, Cli.Run([.. train, "--ignore", "a"]).Code);
    }

    [TestMethod]
    public void Dates_codes_and_names_with_digits_are_not_taken_for_numbers()
    {
        using var cli = new Cli();
        var table = Table.Read(cli.File("a.csv", "date;phone;address;code;mixed;y", "1.2.2024;+49-170-1;10.0.0.1;A1,5;1,5;0", "3.2.2024;+49-171-2;10.0.0.2;B2,5;none;1"), default);
        Assert.IsTrue(table.Columns.All(column => !column.IsWrittenNumbers));
    }

    [TestMethod]
    public void A_command_or_a_model_file_that_is_none_is_answered_with_what_there_is()
    {
        using var cli = new Cli();
        var (code, _, error) = Cli.Run("trian");
        Assert.AreEqual(2, code);
        StringAssert.StartsWith(error, "Command 'trian' is not known; there are 'demo', 'methods', 'train', ");
        var data = cli.File("a.csv", [.. Enumerable.Range(0, 60).Select(i => $"{i},{i % 2},{i % 3}").Prepend("a,y,g")]);
        string[] train = ["train", "--data", data, "--label", "y", "--epochs", "1", "--out"];
        Cli.Json([.. train, cli["m"], "--recipe", """{"Network": {"$type": "mlp", "Layers": 1, "Width": 7}}"""]);
        Cli.Fails(1, $"File '{cli["m/model.onnx"]}' must be a saved ML.NET model (model.zip), but is one of ONNX, which is for ONNX Runtime, or teaches by --teacher.", "predict", "--model", cli["m/model.onnx"], "--data", data);
        Cli.Fails(1, $"'{cli["m"]}' must be a saved model, but is a folder; it holds {cli["m/model.zip"]}.", "predict", "--model", cli["m"], "--data", data);
        Cli.Json([.. train, cli["n"], "--start", cli["m/model.zip"]]); // the start's network, whatever the default is
        StringAssert.Contains(File.ReadAllText(cli["n/recipe.json"]), "\"Width\": 7");
        Cli.Fails(1, "Column 'one' of --group must have so many groups that some are kept for the test, but all 1 fell on one side; another --seed may part them, or give rows by --test.",
            "train", "--data", cli.File("b.csv", [.. Enumerable.Range(0, 60).Select(i => $"{i},{i % 2},x").Prepend("a,y,one")]), "--label", "y", "--group", "one", "--out", cli["o"]);
    }

    [TestMethod]
    public void What_is_not_UTF_8_is_refused_with_its_line_and_other_forms_by_name()
    {
        using var cli = new Cli();
        string Message(byte[] bytes)
        {
            File.WriteAllBytes(cli["a.csv"], bytes);
            return Assert.ThrowsExactly<InvalidDataException>(() => Table.Read(cli["a.csv"], default)).Message;
        }

        Assert.AreEqual($"File '{cli["a.csv"]}' must be UTF-8, but line 3 has the byte 0xFC; save it as UTF-8 first.", Message(Encoding.Latin1.GetBytes("a,b\n1,2\nMünchen,3\n")));
        Assert.AreEqual($"File '{cli["a.csv"]}' must be UTF-8, but line 1 has the byte 0xFF; save it as UTF-8 first.", Message([0xFF, 0xFE, (byte)'a', 0]));
        Assert.AreEqual($"File '{cli["a.csv"]}' must be UTF-8, but line 2 has the byte 0xE2; save it as UTF-8 first.", Message([.. "a,b\n1,"u8, 0xE2, 0x82]));
        Assert.AreEqual($"File '{cli["a.csv"]}' must be CSV or TSV, but is Parquet; write it as CSV first.", Message([.. "PAR1"u8, 0x15, 0x04]));
        Assert.AreEqual($"File '{cli["a.csv"]}' must be CSV or TSV, but is a zip archive, as workbooks are; write it as CSV first.", Message([(byte)'P', (byte)'K', 3, 4, 20, 0]));

        // a letter of three bytes at every place around the border of the pieces that are read
        for (var shift = 0; shift < 4; shift++)
        {
            File.WriteAllText(cli["a.csv"], $"a,b\n{new string('x', 65530 + shift)}€,1\n");
            Assert.AreEqual(1, Table.Read(cli["a.csv"], default).Rows);
        }
    }

    [TestMethod]
    public void A_quote_that_is_never_closed_is_named()
    {
        using var cli = new Cli();
        var data = cli.File("a.csv", "a,b", "1,2", "3,\"4", "5,6");
        Assert.AreEqual($"Every quote of '{data}' must be closed, but one that opens in the row of line 3 is not.", Assert.ThrowsExactly<InvalidDataException>(() => Table.Read(data, default)).Message);
        Assert.AreEqual(2, Table.Read(cli.File("b.csv", "a,b", "1,2", "5\" pipe,6"), default).Rows);
    }

    [TestMethod]
    public void Json_says_what_failed_and_needs_a_file_for_the_table()
    {
        using var cli = new Cli();
        void Fails(int code, string sentence, params string[] arguments)
        {
            var (actual, output, error) = Cli.Run([.. arguments, "--json"]);
            Assert.AreEqual(sentence, error.Split('\n')[0].TrimEnd());
            Assert.AreEqual(sentence, JsonDocument.Parse(output).RootElement.GetProperty("error").GetString());
            Assert.AreEqual(code, actual);
        }

        Fails(1, "File 'none.csv' was not found.", "train", "--data", "none.csv", "--label", "y");
        Fails(2, "Option '--label' is required.", "train", "--data", Cancer);
        Fails(2, "Option --json must come with --out, since the table itself would go to standard output.", "predict", "--model", "m.zip", "--data", Cancer);
    }

    [TestMethod]
    [DataRow("0.0", "1.0")]
    [DataRow("1", "0.0")]
    [DataRow("0", "1e0")]
    public void Zero_and_one_are_binary_however_they_are_written(string zero, string one)
    {
        using var cli = new Cli();
        var table = Table.Read(cli.File("a.csv", Members(zero, one, label: true)), default);
        Assert.AreEqual(LearningTask.Binary, Plan.Of(table, "y", null, []).Task);
    }

    [TestMethod]
    public void Ignored_names_may_hold_commas()
    {
        using var cli = new Cli();
        var table = Table.Read(cli.File("a.csv", [.. Enumerable.Range(0, 60).Select(i => $"{i},{i},{i},{i},{i % 2}").Prepend("\"a, b\",c,d,e,y")]), default);
        Assert.AreEqual("a, b c d", string.Join(' ', Plan.Of(table, "y", null, ["a, b", "c,d"]).Ignored.Select(i => i.Name)));
    }

    [TestMethod]
    public void Numbers_and_paths_are_refused_in_words()
    {
        using var cli = new Cli();
        Directory.CreateDirectory(cli["folder"]);
        Cli.Fails(2, "Option --seed must be a whole number, but is 'x'.", "train", "--data", Cancer, "--label", "malignant", "--seed", "x");
        Cli.Fails(2, "Option --seeds must be a whole number, but is '1.5'.", "demo", "--seeds", "1.5");
        Cli.Fails(1, $"'{cli["folder"]}' must be a file, but is a folder.", "train", "--data", cli["folder"], "--label", "y");
        Cli.Fails(1, $"'{cli["folder"]}' must be a file, but is a folder.", "predict", "--data", Cancer, "--model", cli["folder"]);
        Cli.Fails(2, $"Option --out must name a file, but '{cli["folder"]}' is a folder.", "predict", "--data", Cancer, "--model", "m.zip", "--out", cli["folder"]);
        Cli.Fails(2, $"Option --out must name a file in a folder that exists, but '{cli["none"]}' does not.", "predict", "--data", Cancer, "--model", "m.zip", "--out", cli["none/p.csv"]);
        Cli.Fails(2, $"Option --out must not name a file that is read, but names '{Cancer}'.", "predict", "--data", Cancer, "--model", "m.zip", "--out", Cancer);
    }

    [TestMethod]
    public void A_model_of_another_label_is_replaced_only_by_force()
    {
        using var cli = new Cli();
        string[] diabetes = ["train", "--data", Cli.Data("diabetes.csv"), "--label", "progression", "--epochs", "1", "--out", cli["m"]];
        Cli.Json("train", "--data", Cancer, "--label", "malignant", "--epochs", "1", "--out", cli["m"]);
        Cli.Json("train", "--data", Cancer, "--label", "malignant", "--epochs", "2", "--out", cli["m"]);
        Cli.Fails(2, $"Folder '{cli["m"]}' must be free or hold a model of the same kind (regression, label 'progression'), but holds one of binary, label 'malignant'; --force replaces it.", diabetes);
        Assert.AreEqual("regression", Cli.Json([.. diabetes, "--force"]).GetProperty("task").GetString());
    }

    [TestMethod]
    public void Rows_without_a_label_are_counted_in_both_files()
    {
        using var cli = new Cli();
        string[] Rows(int missing) => [.. Enumerable.Range(0, 80).Select(i => $"{i % 9},{(i < missing ? "" : i % 9 > 4 ? "1.5" : "0.25")}").Prepend("x,y")];
        var (train, test) = (cli.File("a.csv", Rows(7)), cli.File("b.csv", Rows(3)));
        var both = Cli.Json("train", "--data", train, "--label", "y", "--task", "regression", "--epochs", "1", "--out", cli["m"], "--test", test);
        Assert.AreEqual(10, both.GetProperty("rowsWithoutLabel").GetInt32());
        Assert.AreEqual(77, both.GetProperty("testRows").GetInt32());
        Assert.AreEqual(3, Cli.Json("evaluate", "--model", cli["m/model.zip"], "--data", test).GetProperty("rowsWithoutLabel").GetInt32());
    }

    [TestMethod]
    public void What_a_dead_process_left_half_written_is_removed()
    {
        using var cli = new Cli();
        Directory.CreateDirectory(cli["m/.partial-999999999-a"]);
        var alive = cli[$"m/.partial-{Environment.ProcessId}-b"];
        File.WriteAllText(alive, "");
        using (new OutputFolder(cli["m"]))
            Assert.IsFalse(Directory.Exists(cli["m/.partial-999999999-a"]));
        CollectionAssert.AreEqual(new[] { alive }, Directory.GetFileSystemEntries(cli["m"]));
    }

    private static string[] Members(string one, string other, bool label = false) =>
        [.. Enumerable.Range(0, 60).Select(i => label ? $"{i % 7},{(i % 2 == 0 ? one : other)}" : $"{i % 7},{(i % 3 == 0 ? one : other)},{i % 2}").Prepend(label ? "x,y" : "x,member,y")];
}
