namespace Retort;

/// <summary>Which parts of a recipe go together in a run.</summary>
internal static class PartsFit
{
    /// <summary>How the teacher is followed; null where there is none, or where it does not count.</summary>
    /// <exception cref="ArgumentException">A distillation has no teacher, or one that it does not take.</exception>
    public static Distillation? Distillation(Recipe recipe, Dataset train, Teaching teaching)
    {
        var hasTeacher = train.Teacher is not null || teaching.Way is TeachingWay.Self or TeachingWay.Online;
        if (recipe.Distillation is SelfDistillation self && hasTeacher)
            throw new ArgumentException($"The distillation '{Methods.Of(self).Id}' must be without a teacher, but is given one.");
        if (recipe.Distillation is { } given and not SelfDistillation && !hasTeacher)
            throw new ArgumentException($"Distillation must have a teacher, but '{Methods.Of(given).Id}' is given none.");
        var chosen = recipe.Distillation ?? (hasTeacher ? new SoftTargets() : null);
        return chosen is { Weight: 0, Mode: not DistillationMode.Replace } ? null : chosen; // bit by bit as without a teacher
    }

    /// <summary>Refuses a mixing with parts that cannot see mixed rows.</summary>
    /// <param name="mixing">The mixing.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="distillation">How the teacher is followed; null where there is none.</param>
    /// <param name="hasHeads">Whether the distillation reads blocks through heads of its own.</param>
    /// <param name="domains">The heads for domains; null where there is one for all.</param>
    /// <exception cref="ArgumentException">They do not go together.</exception>
    public static void Check(Mixing mixing, Loss loss, Distillation? distillation, bool hasHeads, Domains? domains)
    {
        var id = Methods.Of(mixing).Id;
        if (loss.Order == RowOrder.WholeGroups)
            throw new ArgumentException($"The mixing '{id}' must be with a loss of single rows, but '{Methods.Of(loss).Id}' compares whole groups.");
        if (domains is not null)
            throw new ArgumentException($"The mixing '{id}' must be with a network of one head, but this one has {domains.Count}, for domains.");
        if (!mixing.IsHidden)
            return;
        if (loss.NeedsHidden)
            throw new ArgumentException($"The mixing '{id}' within the network must be with a loss of its outputs, but '{Methods.Of(loss).Id}' reads its hidden blocks.");
        if (distillation is not null && (distillation.NeedsHidden || distillation.Moves || hasHeads))
            throw new ArgumentException($"The mixing '{id}' within the network must be with a distillation of its outputs, but '{Methods.Of(distillation).Id}' {(distillation.Moves ? "moves rows" : "reads its hidden blocks")}.");
    }
}
