using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Weighs rows by group and label, so that the two are independent of each other in the weighted table.</summary>
/// <remarks>
/// <c>w = P(g) P(y) / P(g, y)</c> for a row of group g and label y, with shares of the rows, or of their weights v where they have some, which are multiplied: <c>v w</c>. The sum of the weights stays what it was; so
/// without earlier weights their mean is 1. Groups are the intersections of all protected columns. Where some group has no row of some label, weights cannot make up for it: then dependence is left, and the log says so.
/// On compas, by sex and race, a logistic regression that has both among its features went from a gap in positive decisions of 0.486 to 0.159, for a log-loss of 0.619 instead of 0.605; one on record and age alone, which the weights do not
/// keep from standing in for race, changed little (gap of mean scores 0.142 instead of 0.160).
/// Any trainer that heeds weights can learn from the table, and reads no protected column when it scores; how much of the dependence its predictions lose is another question, for the features may still tell the groups apart.
/// Source: Kamiran and Calders, Data preprocessing techniques for classification without discrimination, 2012, sec. 4.2 (reweighing), https://doi.org/10.1007/s10115-011-0463-8. Several groups and labels, and cutting numbers into groups, are ours.
/// </remarks>
[Method("reweighing", Title = "Data preprocessing techniques for classification without discrimination", Authors = "Kamiran and Calders", Year = 2012,
    Link = "https://doi.org/10.1007/s10115-011-0463-8", Needs = Needs.Groups)]
public sealed record Reweighing : Part
{
    /// <summary>Groups with fewer rows are taken together. At least 1; default 5.</summary>
    [Range(1, 100, 5, true)]
    public int MinRows { get; init; } = 5;

    /// <summary>Into how many groups of about the same size a protected column of numbers is cut. At least 2; default 5.</summary>
    [Range(2, 10, 5)]
    public int NumberGroups { get; init; } = 5;

    /// <summary>Into how many groups of about the same size a label of numbers is cut. At least 2; default 10.</summary>
    [Range(2, 20, 10)]
    public int LabelGroups { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.AtLeast(MinRows, 1);
        Check.AtLeast(NumberGroups, 2);
        Check.AtLeast(LabelGroups, 2);
    }

    /// <summary>The factor for a row of each group and label, [groups, labels]; 0 where there is none.</summary>
    /// <param name="table">The weight of the rows of each group and label, [groups, labels].</param>
    internal static double[,] Factors(double[,] table)
    {
        var (groups, labels) = (table.GetLength(0), table.GetLength(1));
        var (ofGroup, ofLabel, total, given) = (new double[groups], new double[labels], 0.0, 0.0);
        foreach (var (g, y) in Cells())
            (ofGroup[g], ofLabel[y], total) = (ofGroup[g] + table[g, y], ofLabel[y] + table[g, y], total + table[g, y]);

        var factors = new double[groups, labels];
        foreach (var (g, y) in Cells())
            if (table[g, y] > 0)
                (factors[g, y], given) = (ofGroup[g] / total * ofLabel[y] / table[g, y], given + ofGroup[g] / total * ofLabel[y]);
        foreach (var (g, y) in Cells())
            factors[g, y] *= total / given; // 1 but where cells are empty
        return factors;

        IEnumerable<(int G, int Y)> Cells() =>
            from g in Enumerable.Range(0, groups)
            from y in Enumerable.Range(0, labels)
            select (g, y);
    }
}
