using Retort.Cli.Tables;

namespace Retort.Tests;

[TestClass]
public sealed class TableTests
{
    [TestMethod]
    public void Kinds_are_judged_by_all_values()
    {
        using var cli = new Cli();
        var table = Table.Read(cli.File("a.csv", "n,b,c,w,e", "1,yes,x,3,", "2.5,no,y,NA,", ",yes,,-4,", "1e3,no,7,5,"), default);

        Assert.AreEqual(4, table.Rows);
        Assert.AreEqual("Number Bool Category Number Number", string.Join(' ', table.Columns.Select(c => c.Kind)));
        Assert.AreEqual("1 0 1 1 4", string.Join(' ', table.Columns.Select(c => c.Missing)));
        Assert.IsFalse(table["n"].Whole);
        Assert.IsTrue(table["w"].Whole);
        CollectionAssert.AreEqual(new[] { "3", "-4", "5" }, table["w"].Values.ToArray());
        Assert.AreEqual(new Cell(2, "x"), table["c"].FirstText);
    }

    [TestMethod]
    [DataRow("a.tsv", "x\ty", "1\t2")]
    [DataRow("a.csv", "x;y", "1;2")]
    [DataRow("a.txt", "x,y", "1,2")]
    public void The_separator_is_the_one_of_the_header(string name, string header, string row)
    {
        using var cli = new Cli();
        CollectionAssert.AreEqual(new[] { "x", "y" }, Table.Read(cli.File(name, header, row), default).Columns.Select(c => c.Name).ToArray());
    }

    [TestMethod]
    public void Quoted_fields_may_hold_separators_quotes_and_lines()
    {
        using var cli = new Cli();
        var table = Table.Read(cli.File("a.csv", "x,\"y, z\"", "\"a \"\"b\"\"\",\"c", "d\"", "e,f"), default);
        Assert.AreEqual(2, table.Rows);
        Assert.IsTrue(table.Multiline);
        CollectionAssert.AreEqual(new[] { "a \"b\"", "e" }, table["x"].Values.ToArray());
        CollectionAssert.AreEqual(new[] { "c\nd", "f" }, table["y, z"].Values.ToArray());
    }

    [TestMethod]
    public void What_is_no_table_is_refused_in_one_sentence()
    {
        using var cli = new Cli();
        string Message(string path) => Assert.ThrowsExactly<InvalidDataException>(() => Table.Read(path, default)).Message;

        var (empty, header, ragged, twice) = (cli.File("e.csv"), cli.File("h.csv", "a,b"), cli.File("r.csv", "a,b", "1,2", "3"), cli.File("t.csv", "a,a", "1,2"));
        Assert.AreEqual($"File '{empty}' must start with a header line, but is empty.", Message(empty));
        Assert.AreEqual($"File '{header}' must hold at least one row below its header, but holds none.", Message(header));
        Assert.AreEqual($"Every row of '{ragged}' must have 2 fields as its header has, but line 3 has 1.", Message(ragged));
        Assert.AreEqual($"Column names of '{twice}' must differ, but 'a' stands there 2 times.", Message(twice));
        Assert.AreEqual("File 'none.csv' was not found.", Assert.ThrowsExactly<FileNotFoundException>(() => Table.Read("none.csv", default)).Message);
    }

    [TestMethod]
    public void A_missing_column_is_answered_by_those_that_exist()
    {
        using var cli = new Cli();
        var table = Table.Read(cli.File("a.csv", "x,y", "1,2"), default);
        Assert.AreEqual("Column 'z' was not found; 'a.csv' has 'x', 'y'.", Assert.ThrowsExactly<InvalidDataException>(() => table["z"]).Message);
    }
}
