namespace Microsoft.ML.SearchSpace.Option;

/// One of several texts, numbers, truth values or enumeration members, as one dimension of equal parts.
public sealed class ChoiceOption : OptionBase
{
    public ChoiceOption(params object[] choices)
    {
        if (choices is not { Length: > 0 }) throw new ArgumentException("choices must have a member, but is empty.", nameof(choices));
        Choices = Array.ConvertAll(choices, Choice);
        Default = [0];
    }

    public ChoiceOption(object[] choices, object defaultChoice) : this(choices)
    {
        if (defaultChoice != null) Default = MappingToFeatureSpace(Choice(defaultChoice));
    }

    public Parameter[] Choices { get; }

    public override int FeatureSpaceDim => 1;

    public override int?[] Step => [Choices.Length];

    public override Parameter SampleFromFeatureSpace(double[] values)
    {
        Check(values, 1);
        return Choices[Math.Min((int)(values[0] * Choices.Length + 1e-9), Choices.Length - 1)];
    }

    public override double[] MappingToFeatureSpace(Parameter param)
    {
        return [(double)Array.FindIndex(Choices, param.Equals) / Choices.Length]; // below 0 for what is none of them
    }

    private static Parameter Choice(object choice) => choice switch
    {
        null or string or bool or int or short or long or float or double or Enum => Parameter.From(choice),
        char letter => Parameter.FromString(letter.ToString()),
        Parameter parameter => parameter,
        _ => Parameter.CreateNestedParameter(), // the members of an object are lost
    };
}
