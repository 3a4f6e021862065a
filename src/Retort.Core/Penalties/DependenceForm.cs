namespace Retort;

/// <summary>How several protected columns enter one measure of dependence.</summary>
public enum DependenceForm
{
    /// <summary>As one vector: 0 where predictions are independent of all columns together, intersections included.</summary>
    Concatenated,

    /// <summary>As factors of a product with the predictions (JdCov): intersections are included as well.</summary>
    Joint,

    /// <summary>One by one, added: intersections are not seen.</summary>
    Sum,

    /// <summary>There is only one.</summary>
    Single,
}
