namespace Retort.Tests;

/// <summary>Reports of small models of every kind, made once for all tests.</summary>
internal static class ReportPages
{
    /// <summary>Names and values that would break out of a page that does not guard itself.</summary>
    public const string Hostile = "</script><b>x</b>", Quoted = "a 'quoted' \"name\" {data}", Picture = "<img src=x onerror=document.title='broken'>", Comment = "<!-- <script>";

    private static readonly Cli s_files = new();
    private static readonly Lazy<string> s_folder = new(Make);

    /// <summary>The reports by what they show.</summary>
    public static readonly string[] All = ["hostile", "binary", "regression", "sweep"];

    public static string Of(string name) => Path.Combine(s_folder.Value, name, "report.html");

    public static string File(string name, string file) => Path.Combine(s_folder.Value, name, file);

    public static void Remove()
    {
        if (s_folder.IsValueCreated)
            s_files.Dispose();
    }

    private static string Make()
    {
        Run("hostile", "--data", Shop(), "--label", Hostile, "--protected", Picture, "--path", "1,10", "--epochs", "6",
            "--recipe", """{"Penalty": {"$type": "dcov", "Weight": 3}, "Calibration": {"$type": "temperature"}, "Network": {"$type": "mlp", "Width": 8}}""");
        Run("teacher", "--data", Cli.Data("breast-cancer.csv"), "--label", "malignant", "--epochs", "10");
        Run("binary", "--data", Cli.Data("breast-cancer.csv"), "--label", "malignant", "--epochs", "10", "--teacher", s_files["teacher/model.zip"],
            "--recipe", """{"Distillation": {"$type": "kd"}, "Calibration": {"$type": "temperature"}, "Network": {"$type": "mlp", "Width": 8}}""");
        Run("regression", "--data", Cli.Data("diabetes.csv"), "--label", "progression", "--protected", "sex", "--epochs", "10", "--recipe", """{"Loss": {"$type": "gaussian-nll"}}""");
        var (code, _, error) = Cli.Run("sweep", "--data", Cli.Data("breast-cancer.csv"), "--label", "malignant", "--trials", "6", "--space", "fast", "--objective", "loss,ece", "--out", s_files["sweep"]);
        Assert.AreEqual(0, code, error);
        return s_files[""];
    }

    private static void Run(string name, params string[] arguments)
    {
        var (code, output, error) = Cli.Run(["train", .. arguments, "--out", s_files[name]]);
        Assert.AreEqual(0, code, output + error);
        Assert.IsFalse(output.Contains("report.html was not written", StringComparison.Ordinal), output);
    }

    private static string Shop()
    {
        static string Cell(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        string[] classes = [Hostile, Picture, "it's \"so\" & so"], groups = [Comment, "b"];
        var random = new Random(1);
        var lines = Enumerable.Range(0, 420).Select(i =>
        {
            var (x, c) = (random.NextDouble() * 3, i % 3);
            return FormattableString.Invariant($"{c + x:F3},{Cell(classes[(c + random.Next(2)) % 3])},{Cell(groups[i % 2])},{Cell(classes[c])}");
        });
        return s_files.File("shop.csv", [string.Join(',', new[] { Quoted, Comment, Picture, Hostile }.Select(Cell)), .. lines]);
    }
}
