namespace Microsoft.ML.SearchSpace.Option;

/// One of several texts, numbers, truth values or enumeration members, as one dimension of equal parts.
public sealed class ChoiceOption : OptionBase
{
    public ChoiceOption(params object[] choices)
    {
        if (choices is not { Length: > 0 }) throw new ArgumentException("choices must have a member, but is empty.", nameof(choices));
        Choices = Array.ConvertAll(choices, Choice);
        if (Choices.Distinct().Count() < Choices.Length) throw new ArgumentException("choices must differ, but two are the same.", nameof(choices));
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
        var at = Array.FindIndex(Choices, param.Equals);
        if (at < 0) throw new ArgumentException($"The value must be one of {string.Join(", ", (object[])Choices)}, but is {param}.", nameof(param));
        return [(double)at / Choices.Length];
    }

    private static Parameter Choice(object choice) => choice switch
    {
        null or string or bool or int or short or long or float or double or Enum => Parameter.From(choice),
        char letter => Parameter.FromString(letter.ToString()),
        Parameter parameter => parameter,
        _ => throw new ArgumentException($"A choice must be a text, a number, a truth value or an enumeration member, but is a {choice.GetType().Name}.", nameof(choice)),
    };
}
