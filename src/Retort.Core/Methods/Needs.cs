namespace Retort;

/// <summary>What a method asks for beside features and labels.</summary>
[Flags]
public enum Needs
{
    /// <summary>Nothing more.</summary>
    Nothing = 0,

    /// <summary>A teacher's class probabilities, or its values in regression.</summary>
    TeacherScores = 1,

    /// <summary>A teacher's hidden features.</summary>
    TeacherFeatures = 2,

    /// <summary>Columns whose influence is penalised or measured.</summary>
    Groups = 4,

    /// <summary>Rows without a label.</summary>
    UnlabeledRows = 8,

    /// <summary>Numbers that name a row from epoch to epoch.</summary>
    RowIds = 16,

    /// <summary>A column that says which rows belong together.</summary>
    RowGroups = 32,

    /// <summary>A model of ours, to ask it about noisy copies of each row.</summary>
    NoisyCopies = 64,
}
