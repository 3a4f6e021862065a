namespace Retort.Cli.Training;

/// <summary>What is to be learned from which table.</summary>
/// <param name="Data">The file.</param>
/// <param name="Label">The column to predict.</param>
/// <param name="Task">What kind of prediction; null to guess.</param>
/// <param name="Test">The file of the test rows; null for a share of the data.</param>
/// <param name="Ignore">Columns to leave out.</param>
/// <param name="Protected">Columns that training looks at for a penalty.</param>
/// <param name="Group">The column whose rows of one value are held out together; null where each row stands for itself.</param>
/// <param name="Teacher">A saved model, or <see cref="Auto"/>.</param>
/// <param name="Out">The folder of the result.</param>
/// <param name="Seed">Where random numbers begin.</param>
/// <param name="Force">Whether the model of another label or task may be replaced there.</param>
internal sealed record TableRequest(
    string Data, string Label, LearningTask? Task, string? Test, IReadOnlyCollection<string> Ignore, IReadOnlyCollection<string> Protected, string? Group, string? Teacher, string Out, int Seed, bool Force)
{
    /// <summary>The teacher that is trained first.</summary>
    public const string Auto = "auto";

    /// <summary>The command line.</summary>
    public string Command { get; init; } = "";
}
