namespace Retort;

/// <summary>A piece of a run that is trained in several, each from the state at the end of the one before.</summary>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Of">How many there are.</param>
/// <param name="From">How many epochs are done where it begins.</param>
/// <param name="Until">How many are done where it ends.</param>
internal sealed record RunPiece(int Number, int Of, int From, int Until)
{
    /// <summary>Whether the recipe's patience ends the run.</summary>
    public bool EndsEarly { get; init; } = true;

    /// <summary>Trains to the end of the piece, or until it is stopped.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="recipe">How.</param>
    /// <param name="checkpoint">The state to go on from, which is there again at the end of all pieces but the last.</param>
    /// <param name="name">How the log calls the run.</param>
    /// <param name="stop">Ends it as soon.</param>
    /// <param name="reached">Hears how many epochs are done.</param>
    public TrainingResult Train<TTransformer>(RowsToTrain<TTransformer> data, Recipe recipe, Checkpoint checkpoint, string name, CancellationToken stop, Action<int> reached)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        return data.TrainOn(EndsEarly ? recipe : recipe with { Patience = recipe.Epochs }, data.Rows, data.Validation, null, new Told(report => Reached(report.Epoch)), name, true, checkpoint, enough.Token, epoch => Reached(epoch - 1));

        void Reached(int epoch)
        {
            reached(epoch);
            if (epoch >= Until && Until < recipe.Epochs)
                enough.Cancel();
        }
    }

    private sealed class Told(Action<EpochReport> told) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => told(value);
    }
}
