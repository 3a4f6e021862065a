namespace Retort.Cli.Tables;

/// <summary>What the values of a column are, judged by reading all of them.</summary>
internal enum ColumnKind
{
    /// <summary>Every value that is there is a number.</summary>
    Number,

    /// <summary>Every row says true or false, yes or no, or a letter of those.</summary>
    Bool,

    /// <summary>Text.</summary>
    Category,
}
