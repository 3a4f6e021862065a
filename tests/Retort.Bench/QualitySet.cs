namespace Retort.Bench;

/// <summary>A table of <c>../shared/data</c>: which column is to be predicted, which ones are categories, and which are left out. In a binary label 1 is the positive class.</summary>
internal sealed record QualitySet(string Name, string File, string Label, LearningTask Task, string[] Categories, string[] LeftOut)
{
    public static IReadOnlyList<QualitySet> All { get; } =
    [
        new("phoneme", "phoneme.csv", "nasal_or_oral", LearningTask.Binary, [], []),
        new("wine", "wine-quality-white.csv", "quality", LearningTask.Regression, [], []),
        new("abalone", "abalone.csv", "rings", LearningTask.Regression, ["sex"], []),
        new("mammography", "mammography.csv", "label", LearningTask.Binary, [], []),
        new("compas", "compas.csv", "two_year_recid", LearningTask.Binary, ["sex", "age_cat", "race", "c_charge_degree"], ["decile_score"]),
    ];

    /// <exception cref="InvalidOperationException">The folder of tables is absent.</exception>
    public QualityTable Read()
    {
        var path = Path.Combine("..", "shared", "data", File);
        return System.IO.File.Exists(path)
            ? new QualityTable(this, System.IO.File.ReadAllLines(path))
            : throw new InvalidOperationException($"The benchmark needs the tables of ../shared/data, but '{path}' does not exist.");
    }
}
