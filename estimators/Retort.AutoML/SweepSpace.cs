namespace Retort;

/// <summary>A space of recipes beside what its recipes are trained with.</summary>
internal static class SweepSpace
{
    /// <summary>The part of a space that serves a task.</summary>
    /// <exception cref="ArgumentException">The space is not right, or asks for a teacher or protected columns that are not given.</exception>
    public static RecipeSpace For(LearningTask task, RecipeSpace? space, Teacher? teacher, string[]? protectedColumnNames)
    {
        Check.Defined(task);
        var recipes = (space ?? RecipeSpace.Default).For(task);
        if (teacher is null && recipes.Distillations.FirstOrDefault(one => one is not null and not SelfDistillation) is { } distillation)
            throw new ArgumentException($"A space with the distillation '{Methods.Of(distillation).Id}' must have a teacher, but is given none.");
        if (protectedColumnNames is null or [] && recipes.Penalties.FirstOrDefault(one => one is not null) is { } penalty)
            throw new ArgumentException($"A space with the penalty '{Methods.Of(penalty).Id}' must have protected columns, but none are named.");
        return recipes;
    }

    /// <summary>A recipe that reads all that any recipe of the space needs: of teachers, what the most demanding distillation asks for.</summary>
    public static Recipe Reader(RecipeSpace space) => space.Base with
    {
        Distillation = space.Distillations.Where(one => one is not null).MaxBy(one => one!.AsksNetworks || Methods.Of(one).Needs.HasFlag(Needs.TeacherFeatures) ? 2 : one.NeedsEachTeacher ? 1 : 0) ?? space.Base.Distillation,
        Network = space.Networks.Count > 0 ? space.Networks[0] : space.Base.Network,
    };

    /// <summary>The rows that all trials of a search are judged on; where any recipe of the space calibrates, without those that are left for that. Whoever calls it disposes them.</summary>
    /// <exception cref="ArgumentException">No rows are held out, or too few.</exception>
    public static HeldRows Held<TTransformer>(RecipeSpace space, LearningTask task, RowsToTrain<TTransformer> data)
    {
        var calibrates = task != LearningTask.Regression
            && (space.Base.CalibrationFor(task) is not null || space.Calibrations.Any(one => one is not null) || space.Losses.Any(one => one is { GivesProbabilities: false }));
        return HeldRows.Of(space.Base with { Calibration = calibrates ? new PlattScaling() : null, Loss = null }, task, data.Rows, data.Validation, data.Seed);
    }
}
