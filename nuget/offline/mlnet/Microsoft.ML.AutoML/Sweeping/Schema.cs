namespace Microsoft.ML.AutoML;

/// Which estimators follow one another, with alternatives: `e0 * (e1 + e2)` means e0 * e1 or e0 * e2.
internal abstract record Schema
{
    public abstract IReadOnlyList<string[]> Paths { get; }

    public static string Text(string[] path) => string.Join(" * ", path);

    public static string[] Path(string text) => text.Split(" * ");

    /// The same schema with every name moved up, so that it can stand beside another.
    public abstract Schema Shifted(int by);

    public sealed record Step(int Id) : Schema
    {
        public override IReadOnlyList<string[]> Paths => [[$"e{Id}"]];

        public override Schema Shifted(int by) => new Step(Id + by);

        public override string ToString() => $"e{Id}";
    }

    public sealed record Then(Schema First, Schema Second) : Schema
    {
        public override IReadOnlyList<string[]> Paths => [.. First.Paths.SelectMany(a => Second.Paths.Select(b => (string[])[.. a, .. b]))];

        public override Schema Shifted(int by) => new Then(First.Shifted(by), Second.Shifted(by));

        public override string ToString() => $"{Factor(First)} * {Factor(Second)}";
    }

    public sealed record Or(Schema One, Schema Other) : Schema
    {
        public override IReadOnlyList<string[]> Paths => [.. One.Paths, .. Other.Paths];

        public override Schema Shifted(int by) => new Or(One.Shifted(by), Other.Shifted(by));

        public override string ToString() => $"{One} + {Other}";
    }

    private static string Factor(Schema schema) => schema is Or ? $"({schema})" : schema.ToString();
}
