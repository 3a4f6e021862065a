using System.Reflection;
using Microsoft.ML.SearchSpace.Option;

namespace Microsoft.ML.SearchSpace;

/// From the attribute of a field or property to its option.
internal static class AttributedOptions
{
    public static OptionBase Of(MemberInfo member, Func<Type, SearchSpace> nested)
    {
        var type = (member as PropertyInfo)?.PropertyType ?? (member as FieldInfo)?.FieldType;
        if (type == null) return null;
        // of several the first kind in this order counts
        return ((Attribute)member.GetCustomAttribute<ChoiceAttribute>() ?? (Attribute)member.GetCustomAttribute<RangeAttribute>()
            ?? (Attribute)member.GetCustomAttribute<BooleanChoiceAttribute>() ?? member.GetCustomAttribute<NestOptionAttribute>()) switch
        {
            RangeAttribute range => Numbers(range),
            ChoiceAttribute choice => new ChoiceOption(choice.Candidates, choice.DefaultValue),
            BooleanChoiceAttribute truth => new ChoiceOption([true, false], truth.DefaultValue),
            NestOptionAttribute => nested(type),
            _ => null,
        };
    }

    /// The literals of the attribute say which kind of number it is, not the member's type.
    private static OptionBase Numbers(RangeAttribute range) => range.Min switch
    {
        int min => new UniformIntOption(min, (int)range.Max, range.LogBase, (int?)range.Init),
        float min => new UniformSingleOption(min, (float)range.Max, range.LogBase, (float?)range.Init),
        _ => new UniformDoubleOption((double)range.Min, (double)range.Max, range.LogBase, (double?)range.Init),
    };
}
