namespace Retort.Tests;

/// <summary>Every sample is short, and runs as its first lines say, in a process of its own and in the order of <see cref="s_samples"/>: later ones load what earlier ones wrote.</summary>
[TestClass]
public sealed class SamplesTests
{
    // a sample, its arguments, and what it must print, whichever rows the split of this ML.NET takes
    private static readonly (string Name, string[] Arguments, string Prints)[] s_samples =
    [
        ("Quickstart", [], @"^accuracy 0\.9[5-9]\d with 1338 weights\s+teacher: accuracy 0\.9[5-9]\d with 26250 weights"),
        ("LoadModel", ["student.zip"], "^MulticlassNetworkTransformer: digit 7, probability "),
        ("CalibrateAnything", [], @"as trained: accuracy (0\.9\d+ .*), log-loss 0\.[23]\d+ .*, calibration error 0\.1\d+ .*\s+calibrated: accuracy \1, log-loss 0\.1\d+ .*, calibration error -?(0\.0|\d+E-).*\s+sets of 1\.\d+ digits hold the true one in 9[789]\.\d"),
        // calibration and all, in a process that knows nothing of it
        ("LoadModel", ["calibrated.zip"], "^TransformerChain`1: digit 7, probability "),
        ("DistilLightGbm", [], @"^teacher: (LightGBM|L-BFGS, since .*)\s+teacher: accuracy 0\.9\d+.*\s+student, labels alone: accuracy 0\.[78]\d+.*\s+student, taught: accuracy 0\.9\d+"),
        ("ProtectedColumns", [], @"^weight 0: RMSE [56]\d.*Sex: distance correlation 0\.(1[6-9]|[23]\d).*[\s\S]*weight 4: RMSE [67]\d.*Sex: distance correlation 0\.(0\d|1[0-5])"),
        ("MixForAnyTrainer", [], @"^rows: accuracy 0\.9\d+, log-loss 0\.2\d+, calibration error (0\.09|0\.1)\d*\s+rows and mixtures: accuracy 0\.9\d+, log-loss 0\.(1\d|20|21)\d*, calibration error 0\.0[5-8]"),
        ("SoupAndMerge", [], @"digits 0 to 4: accuracy 0\.5\d+.*\s+digits 5 to 9: accuracy 0\.[45]\d+.*\s+merged: accuracy 0\.9"),
        ("DeployOnnx", [], @"ONNX Runtime: accuracy 0\.9\d+\s+ML\.NET: the largest difference of a probability is \dE-00[5-9]"),
        ("Sweep", [], @"trial \d+: [\s\S]*best of 9: log-loss 0\.\d+ on rows that the search has not seen\s+AutoML's best of 3: log-loss 0\.\d+"),
    ];

    [TestMethod]
    public async Task Every_sample_runs_and_prints_what_it_claims()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("The samples are run in a folder with a link to them.");
        using var folder = new Cli();
        Directory.CreateSymbolicLink(folder["samples"], Repository.Path("samples"));
        foreach (var (name, arguments, prints) in s_samples)
        {
            var (code, output, error) = await ChildProcess.StartIn(folder["."], "dotnet", [ChildProcess.Program(name, name), .. arguments]);
            Assert.AreEqual(0, code, $"{name}: {output}{error}");
            StringAssert.Matches(output, new(prints), name);
        }

        var (usage, nothing, sentence) = await ChildProcess.Run("LoadModel", "LoadModel");
        Assert.AreEqual((2, "", "Usage: LoadModel <student.zip>: the model that Quickstart wrote"), (usage, nothing, sentence.TrimEnd()));
    }

    [TestMethod]
    public void Every_sample_is_run_and_short()
    {
        foreach (var project in Directory.GetFiles(Repository.Path("samples"), "*.csproj", SearchOption.AllDirectories))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.IsTrue(s_samples.Any(sample => sample.Name == name) || name == "WebService", $"{name} must be run by a test.");
            foreach (var source in Directory.GetFiles(Path.GetDirectoryName(project)!, "*.cs"))
                Assert.IsTrue(File.ReadAllLines(source).Length < 80, $"{source} must have fewer than 80 lines.");
        }
    }
}
