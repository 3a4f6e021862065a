namespace Microsoft.ML.Data;

/// <summary>The column that a member belongs to, where it has not the member's name.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = false, Inherited = true)]
public sealed class ColumnNameAttribute : Attribute
{
    internal readonly string Name;

    public ColumnNameAttribute(string name) => Name = name;
}

/// <summary>The dimensions of a vector member; without any its length may differ from row to row.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = false, Inherited = true)]
public sealed class VectorTypeAttribute : Attribute
{
    internal readonly int[] Dims = [];

    public VectorTypeAttribute() { }

    public VectorTypeAttribute(int size)
    {
        if (size < 0) throw new ArgumentOutOfRangeException(nameof(size), "Should be non-negative number");
        Dims = [size];
    }

    public VectorTypeAttribute(params int[] dimensions)
    {
        foreach (var size in dimensions)
            if (size < 0) throw new ArgumentOutOfRangeException(nameof(dimensions), "values should be non-negative");
        Dims = dimensions;
    }
}

/// <summary>Makes an unsigned member a key column of that many values, counted from 0 in the member and from 1 in the column.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = false, Inherited = true)]
public sealed class KeyTypeAttribute : Attribute
{
    internal readonly ulong? Count;

    public KeyTypeAttribute() { }

    public KeyTypeAttribute(ulong count)
    {
        if (count == 0) throw new ArgumentOutOfRangeException(nameof(count), "The cardinality of valid values of a KeyDataViewType column has to be strictly positive.");
        Count = count;
    }
}

/// <summary>Keeps a member out of the columns.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = false, Inherited = true)]
public sealed class NoColumnAttribute : Attribute
{
    public NoColumnAttribute() { }
}
