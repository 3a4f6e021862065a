using Microsoft.ML.SearchSpace;
using Microsoft.ML.SearchSpace.Option;

namespace Retort;

/// <summary>Whole numbers from a least to a greatest, all equally likely, or equally likely in their logarithm.</summary>
/// <remarks>AutoML's own <see cref="UniformIntOption"/> cuts off digits: the greatest number is all but never drawn, and what is mapped to features and back is often one less.</remarks>
internal sealed class WholeNumberOption : OptionBase
{
    private readonly int _least, _greatest;
    private readonly bool _logarithmic;
    private readonly double _low, _high;

    public WholeNumberOption(int least, int greatest, bool logarithmic, int start)
    {
        (_least, _greatest, _logarithmic) = (least, greatest, logarithmic);
        (_low, _high) = (Place(least - 0.5), Place(greatest + 0.5)); // each number has the room half way to its neighbours
        Default = [Feature(start)];
    }

    public override int FeatureSpaceDim => 1;

    public override int?[] Step => [null];

    public override Parameter SampleFromFeatureSpace(double[] values)
    {
        var place = _low + values[0] * (_high - _low);
        return Parameter.FromInt((int)Math.Clamp(Math.Round(_logarithmic ? Math.Exp(place) : place), _least, _greatest));
    }

    public override double[] MappingToFeatureSpace(Parameter value) => [Feature(value.AsType<int>())];

    private double Feature(int number) => (Place(number) - _low) / (_high - _low);

    private double Place(double number) => _logarithmic ? Math.Log(number) : number;
}
