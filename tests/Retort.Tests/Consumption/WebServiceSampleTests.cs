using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Retort.Tests;

/// <summary>The sample <c>WebService</c>.</summary>
[TestClass]
public sealed class WebServiceSampleTests
{
    [TestMethod]
    public async Task It_reads_digits_from_several_connections_and_refuses_what_is_none()
    {
        using var files = new Cli();
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromTextFile(Cli.Data("digits.csv"), [new("Features", DataKind.Single, 0, 63), new("Digit", DataKind.Single, 64)], separatorChar: ',', hasHeader: true);
        var labelled = ml.Transforms.Conversion.MapValueToKey("Label", "Digit", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(rows).Transform(rows);
        var model = ml.MulticlassClassification.Trainers.Network(new Recipe { Epochs = 5 }).Fit(labelled);
        ml.Model.Save(model, rows.Schema, files["student.zip"]);

        using var service = new ServiceProcess(ChildProcess.Program("WebService", "WebService"), files["student.zip"]);
        var (pixels, digits) = (rows.GetColumn<float[]>("Features").Take(40).ToArray(), rows.GetColumn<float>("Digit").Take(40).ToArray());
        var answers = await Task.WhenAll(pixels.Select(async row => (await (await service.Client.PostAsJsonAsync("digit", row)).Content.ReadFromJsonAsync<JsonNode>())!));
        Assert.IsTrue(answers.Zip(digits, (answer, digit) => (float)answer["digit"]! == digit).Count(right => right) > 35);

        using var refused = await service.Client.PostAsJsonAsync("digit", pixels[0][1..]);
        Assert.AreEqual((400, "The body must be a list of 64 numbers, but has 63."), ((int)refused.StatusCode, (string)(await refused.Content.ReadFromJsonAsync<JsonNode>())!["detail"]!));
    }
}
