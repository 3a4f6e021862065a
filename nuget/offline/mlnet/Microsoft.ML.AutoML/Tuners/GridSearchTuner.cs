using Microsoft.ML.SearchSpace;

namespace Microsoft.ML.AutoML;

/// Every combination in turn, from the first again after the last. A dimension without steps of its own is cut into `step` points, both ends among them.
internal sealed class GridSearchTuner(SearchSpace.SearchSpace space, int step) : ITuner
{
    private readonly int[] _at = new int[space.FeatureSpaceDim];

    public Parameter Propose(TrialSettings settings)
    {
        var steps = space.Step;
        var proposal = space.SampleFromFeatureSpace([.. _at.Select((at, d) => steps[d] is { } choices ? (double)at / choices : step > 1 ? at / (step - 1.0) : 0)]);
        for (var d = _at.Length - 1; d >= 0; d--)
        {
            if (++_at[d] < (steps[d] ?? step)) break;
            _at[d] = 0;
        }
        return proposal;
    }

    public void Update(TrialResult result) { }
}
