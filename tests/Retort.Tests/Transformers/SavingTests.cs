using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>A saved network comes back by <c>Model.Load</c> alone, or says what is wrong with the file.</summary>
[TestClass]
public sealed class SavingTests
{
    private readonly MLContext _ml = new(seed: 1);

    private byte[] Save(ITransformer model, DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(model, schema, stream);
        return stream.ToArray();
    }

    private static ITransformer Load(byte[] zip) => new MLContext().Model.Load(new MemoryStream(zip), out _);

    [TestMethod]
    public void A_multiclass_network_comes_back_with_its_scores_names_and_recipe()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(90));
        var model = Toy.Multiclass(_ml, keyed);
        var loaded = Load(Save(model, keyed.Schema));

        var network = Assert.IsInstanceOfType<MulticlassNetworkTransformer>(loaded);
        Assert.AreEqual(Toy.Quick, network.Model.Recipe);
        Assert.AreEqual(model.Model.Parameters, network.Model.Parameters);
        var (before, after) = (model.Transform(keyed), loaded.Transform(keyed));
        foreach (var (a, b) in before.GetColumn<float[]>("Score").Zip(after.GetColumn<float[]>("Score")))
            CollectionAssert.AreEqual(a, b);
        CollectionAssert.AreEqual(Names(before), Names(after));
        CollectionAssert.AreEqual(new[] { "red", "green", "blue" }, Names(after));
    }

    private static string[] Names(IDataView view)
    {
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        view.Schema["PredictedLabel"].GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    [TestMethod]
    public void Binary_and_regression_networks_come_back()
    {
        var view = Toy.View(_ml, Toy.Rows(90));
        ITransformer[] models =
        [
            _ml.BinaryClassification.Trainers.Network(Toy.Quick, labelColumnName: "Flag").Fit(view),
            _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value").Fit(view),
        ];
        foreach (var model in models)
            CollectionAssert.AreEqual(
                model.Transform(view).GetColumn<float>("Score").ToArray(),
                Load(Save(model, view.Schema)).Transform(view).GetColumn<float>("Score").ToArray());
    }

    [TestMethod]
    public void Categories_come_back()
    {
        var view = Toy.View(_ml, Toy.Rows(90));
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Color").Append(
            _ml.BinaryClassification.Trainers.Network(Toy.Quick, labelColumnName: "Flag", categoryColumnNames: ["Color"]));
        var model = pipeline.Fit(view);
        CollectionAssert.AreEqual(
            model.Transform(view).GetColumn<float>("Score").ToArray(),
            Load(Save(model, view.Schema)).Transform(view).GetColumn<float>("Score").ToArray());
    }

    [TestMethod]
    public void Key_values_that_are_numbers_keep_their_type()
    {
        var view = _ml.Transforms.Conversion.MapValueToKey("Label", nameof(Toy.Row.Number)).Fit(Toy.View(_ml, Toy.Rows(6))).Transform(Toy.View(_ml, Toy.Rows(6)));
        var model = _ml.MulticlassClassification.Trainers.Network(Toy.Quick).Fit(view);
        var values = default(VBuffer<int>);
        Load(Save(model, view.Schema)).GetOutputSchema(view.Schema)["PredictedLabel"].GetKeyValues(ref values);
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 3, 4, 5 }, values.DenseValues().ToArray());
    }

    [TestMethod]
    public void An_altered_entry_is_noticed()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(30));
        var zip = Rewrite(Save(Toy.Multiclass(_ml, keyed), keyed.Schema), bytes =>
        {
            bytes[^9] ^= 1;
            return bytes;
        });
        StringAssert.Contains(Messages(() => Load(zip)), "The network's entry must match its SHA-256, but does not; the file was altered.");
    }

    [TestMethod]
    public void An_altered_or_truncated_calibration_is_noticed()
    {
        var view = Noisy.View(_ml, Noisy.Rows(50));
        var zip = Save(_ml.BinaryClassification.Calibrate(new TemperatureScaling(), "Flag", "Margin").Fit(view), view.Schema);
        StringAssert.Contains(Messages(() => Load(Rewrite(zip, bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)], "Scores"))), "The transformer's entry must match its SHA-256, but does not; the file was altered.");
        StringAssert.Matches(Messages(() => Load(Rewrite(zip, bytes => bytes[..^5], "Scores"))), new(@"The transformer's entry must hold \d+ bytes, but the file has \d+; it was cut off\."));
    }

    [TestMethod]
    public void A_truncated_entry_is_noticed()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(30));
        var zip = Rewrite(Save(Toy.Multiclass(_ml, keyed), keyed.Schema), bytes => bytes[..^100]);
        StringAssert.Matches(Messages(() => Load(zip)), new(@"The network's entry must hold \d+ bytes, but the file has \d+; it was cut off\."));
    }

    // what the whole chain of exceptions says
    private static string Messages(Action action)
    {
        try
        {
            action();
            return "";
        }
        catch (Exception exception)
        {
            return exception.ToString();
        }
    }

    private static byte[] Rewrite(byte[] zip, Func<byte[], byte[]> change, string entryName = "Network")
    {
        using var stream = new MemoryStream();
        stream.Write(zip);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            var entry = archive.Entries.Single(e => e.Name == entryName);
            byte[] bytes;
            using (var content = entry.Open())
            using (var copy = new MemoryStream())
            {
                content.CopyTo(copy);
                bytes = change(copy.ToArray());
            }

            var name = entry.FullName;
            entry.Delete();
            using var changed = archive.CreateEntry(name).Open();
            changed.Write(bytes);
        }

        return stream.ToArray();
    }
}
