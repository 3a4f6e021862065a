namespace Retort;

/// <summary>The rates of one class in one group; NaN where they are of no rows.</summary>
internal readonly struct GroupRates(GroupTally tally, int group, int place)
{
    public double Base => tally.Weight(group, place, null) / tally.Weights[group];

    public double Selection => tally.Weight(group, null, place) / tally.Weights[group];

    public double TruePositive => tally.Weight(group, place, place) / tally.Weight(group, place, null);

    // its own sum is subtracted, not added up over the other classes: whole weights stay exact
    public double FalsePositive => (tally.Weight(group, null, place) - tally.Weight(group, place, place)) / (tally.Weights[group] - tally.Weight(group, place, null));

    public double Precision => tally.Weight(group, place, place) / tally.Weight(group, null, place);
}
