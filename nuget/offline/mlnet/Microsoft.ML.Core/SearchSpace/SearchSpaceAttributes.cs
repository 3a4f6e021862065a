namespace Microsoft.ML.SearchSpace;

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, Inherited = false)]
public sealed class RangeAttribute : Attribute
{
    public object Min { get; }
    public object Max { get; }
    public object Init { get; }
    public bool LogBase { get; }

    private RangeAttribute(object min, object max, object init, bool logBase) => (Min, Max, Init, LogBase) = (min, max, init, logBase);

    public RangeAttribute(double min, double max, bool logBase = false) : this((object)min, max, null, logBase) { }

    public RangeAttribute(double min, double max, double init, bool logBase = false) : this((object)min, max, init, logBase) { }

    public RangeAttribute(int min, int max, bool logBase = false) : this((object)min, max, null, logBase) { }

    public RangeAttribute(int min, int max, int init, bool logBase = false) : this((object)min, max, init, logBase) { }

    public RangeAttribute(float min, float max, bool logBase = false) : this((object)min, max, null, logBase) { }

    public RangeAttribute(float min, float max, float init, bool logBase = false) : this((object)min, max, init, logBase) { }
}

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, Inherited = false)]
public sealed class ChoiceAttribute : Attribute
{
    public object[] Candidates { get; }
    public object DefaultValue { get; }

    public ChoiceAttribute(params object[] candidates)
    {
        Candidates = candidates;
    }

    public ChoiceAttribute(object[] candidates, object defaultValue)
    {
        Candidates = candidates;
        DefaultValue = defaultValue;
    }
}

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, Inherited = false)]
public sealed class BooleanChoiceAttribute : Attribute
{
    public bool DefaultValue { get; }

    public BooleanChoiceAttribute() => DefaultValue = true;

    public BooleanChoiceAttribute(bool defaultValue) => DefaultValue = defaultValue;
}

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, Inherited = false)]
public sealed class NestOptionAttribute : Attribute
{
    public NestOptionAttribute() { }
}
