using Microsoft.ML;

namespace Retort.Tests;

/// <summary>Data that cannot be learned from is refused in one sentence: the name, the rule, the value.</summary>
[TestClass]
public sealed class BadDataTests
{
    private readonly MLContext _ml = new(seed: 1);

    private void Refuses(string message, Action<List<Toy.Row>> spoil, string? weight = null)
    {
        var rows = Toy.Rows(30);
        spoil(rows);
        Toy.Throws<ArgumentException>(message, () => _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value", exampleWeightColumnName: weight).Fit(Toy.View(_ml, rows)));
    }

    [TestMethod]
    public void A_missing_column_is_named_with_those_that_exist()
    {
        var view = _ml.Transforms.SelectColumns("Features", "Value", "Flag").Fit(Toy.View(_ml, Toy.Rows(9))).Transform(Toy.View(_ml, Toy.Rows(9)));
        Toy.Throws<ArgumentException>("Column 'Label' was not found; the data has 'Features', 'Value', 'Flag'.", () => _ml.Regression.Trainers.Network(Toy.Quick).Fit(view));
        Toy.Throws<ArgumentException>("Column 'Label' was not found; the data has 'Features', 'Value', 'Flag'.", () => _ml.Regression.Trainers.Network(Toy.Quick).GetOutputSchema(Interop.Shape(view.Schema)));
    }

    [TestMethod]
    public void Labels_must_fit_the_task()
    {
        var view = Toy.View(_ml, Toy.Rows(9));
        Toy.Throws<ArgumentException>("Column 'Class' must be Boolean for binary classification, but is String.", () => _ml.BinaryClassification.Trainers.Network(Toy.Quick, labelColumnName: "Class").Fit(view));
        Toy.Throws<ArgumentException>("Column 'Class' must be a key for multiclass classification (use MapValueToKey), but is String.", () => _ml.MulticlassClassification.Trainers.Network(Toy.Quick, labelColumnName: "Class").Fit(view));
        Toy.Throws<ArgumentException>("Column 'Flag' must be Single for regression, but is Boolean.", () => _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Flag").Fit(view));
        Toy.Throws<ArgumentException>("Column 'Flag' must be Single for regression, but is Boolean.", () => _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Flag").GetOutputSchema(Interop.Shape(view.Schema)));
    }

    [TestMethod]
    public void Other_columns_must_have_their_types()
    {
        var view = Toy.View(_ml, Toy.Rows(9));
        Toy.Throws<ArgumentException>("Column 'Number' must be a vector of Single of known size, but is Int32.", () => _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value", featureColumnName: "Number").Fit(view));
        Toy.Throws<ArgumentException>("Column 'Color' must be a key to be a category (use MapValueToKey), but is String.", () => _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value", categoryColumnNames: ["Color"]).Fit(view));
        Toy.Throws<ArgumentException>("Column 'Flag' must be Single to weigh rows, but is Boolean.", () => _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value", exampleWeightColumnName: "Flag").Fit(view));
        Toy.Throws<ArgumentException>("Column 'Flag' must be a key, a text or an integer to group rows, but is Boolean.", () => _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value", groupColumnName: "Flag").Fit(view));
    }

    private sealed class Loose
    {
        public float[] Features { get; set; } = [1, 2];

        public float Label { get; set; }
    }

    [TestMethod]
    public void Features_must_have_a_known_size() =>
        Toy.Throws<ArgumentException>("Column 'Features' must be a vector of Single of known size, but is Vector<Single>.", () => _ml.Regression.Trainers.Network(Toy.Quick).Fit(_ml.Data.LoadFromEnumerable([new Loose()])));

    [TestMethod]
    public void NaN_and_infinity_are_counted_and_placed()
    {
        Refuses("Column 'Features' must hold finite numbers, but 1 row has NaN or infinity, the first is row 7 (counted from 0).", rows => rows[7].Features[1] = float.NaN);
        Refuses("Column 'Features' must hold finite numbers, but 2 rows have NaN or infinity, the first is row 3 (counted from 0).", rows => (rows[3].Features[3], rows[9].Features[0]) = (float.NegativeInfinity, float.NaN));
        Refuses("Column 'Value' must hold finite numbers, but 1 row has NaN or infinity, the first is row 5 (counted from 0).", rows => rows[5].Value = float.PositiveInfinity);
    }

    [TestMethod]
    public void Weights_must_be_weights()
    {
        Refuses("Column 'Weight' must hold weights of at least 0, but is -0.5 in row 4 (counted from 0).", rows => rows[4].Weight = -0.5f, "Weight");
        Refuses("Column 'Weight' must hold weights of at least 0, but is NaN in row 0 (counted from 0).", rows => rows[0].Weight = float.NaN, "Weight");
        Refuses("Column 'Weight' must hold a positive weight, but is 0 in all 30 rows.", rows => rows.ForEach(row => row.Weight = 0), "Weight");
    }

    [TestMethod]
    public void There_must_be_rows()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(9));
        Toy.Throws<ArgumentException>("The data must have rows, but has none.", () => _ml.MulticlassClassification.Trainers.Network(Toy.Quick).Fit(_ml.Data.SkipRows(keyed, 9)));
        Toy.Throws<ArgumentException>("The validation data must have rows, but has none.", () => _ml.MulticlassClassification.Trainers.Network(Toy.Quick, validation: _ml.Data.SkipRows(keyed, 9)).Fit(keyed));
        Refuses("The data must have rows with a label, but column 'Value' is missing in all 30.", rows => rows.ForEach(row => row.Value = float.NaN));
    }

    [TestMethod]
    public void There_must_be_two_classes()
    {
        Toy.Throws<ArgumentException>("Column 'Label' must have at least two classes, but all 9 rows are 'red'.", () => _ml.MulticlassClassification.Trainers.Network(Toy.Quick).Fit(Toy.Keyed(_ml, Toy.Rows(9, "red"))));
        var rows = Toy.Rows(9);
        rows.ForEach(row => row.Flag = false);
        Toy.Throws<ArgumentException>("Column 'Flag' must have at least two classes, but all 9 rows are 'False'.", () => _ml.BinaryClassification.Trainers.Network(Toy.Quick, labelColumnName: "Flag").Fit(Toy.View(_ml, rows)));
    }

    [TestMethod]
    public void Missing_labels_are_left_out_and_counted()
    {
        var log = Toy.Log(_ml);
        var rows = Toy.Rows(30);
        (rows[2].Value, rows[5].Value) = (float.NaN, float.NaN);
        _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value").Fit(Toy.View(_ml, rows));
        CollectionAssert.Contains(log, "Warning: The data has 2 of 30 rows without a label in column 'Value'; they are left out.");

        var known = Toy.View(_ml, Toy.Rows(30, "red", "green"));
        var all = Toy.View(_ml, Toy.Rows(30));
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(known).Transform(all);
        _ml.MulticlassClassification.Trainers.Network(Toy.Quick).Fit(keyed);
        CollectionAssert.Contains(log, "Warning: The data has 10 of 30 rows without a label in column 'Label'; they are left out.");
    }

    [TestMethod]
    public void Validation_rows_must_have_the_features_of_the_training_rows()
    {
        var train = Toy.View(_ml, Toy.Rows(9));
        var narrow = _ml.Transforms.Concatenate("Features", "Value", "Weight").Fit(train).Transform(train);
        Toy.Throws<ArgumentException>(
            "Column 'Features' of the validation data must have 4 values as in the training data, but has 2.",
            () => _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value", validation: narrow).Fit(train));
    }
}
