namespace Retort.Cli.Training;

/// <summary>Spaces of the command line: by name, or from a file.</summary>
internal static class SweepSpaces
{
    private static readonly Dictionary<string, RecipeSpace> s_known = new()
    {
        ["default"] = RecipeSpace.Default,
        ["fast"] = RecipeSpace.Fast,
        ["calibrated"] = RecipeSpace.Calibrated,
        ["penalised"] = RecipeSpace.Penalised,
    };

    /// <summary>The names.</summary>
    public static string Names => string.Join(", ", s_known.Keys);

    /// <summary>The space of a name, where a teacher is given with how it is followed, or that of a file, as it stands there.</summary>
    /// <param name="asked">A name, or a file.</param>
    /// <param name="seed">Where random numbers begin; null for what the space says.</param>
    /// <param name="isTaught">Whether there is a teacher.</param>
    /// <param name="isGuarded">Whether there are protected columns.</param>
    /// <exception cref="UsageException">There is no such name or file, or it is no space, or asks for what is not given.</exception>
    public static RecipeSpace Read(string asked, int? seed, bool isTaught, bool isGuarded)
    {
        var space = Named(asked);
        if (isTaught && s_known.ContainsKey(asked))
            space = space with { Distillations = [new SoftTargets(), new DecoupledTarget()] };
        if (!isGuarded && (space.Base.Penalty ?? space.Penalties.FirstOrDefault(penalty => penalty is not null)) is { } penalty)
            throw new UsageException($"Option --space must come with --protected where it has the penalty '{Methods.Of(penalty).Id}', but comes without.");
        if (!isTaught && (space.Base.Distillation ?? space.Distillations.FirstOrDefault(one => one is not null)) is { } distillation and not SelfDistillation)
            throw new UsageException($"Option --space must come with --teacher where it has the distillation '{Methods.Of(distillation).Id}', but comes without.");
        return space with { Base = space.Base with { Seed = seed ?? space.Base.Seed } };
    }

    /// <summary>The space of a name, or that of a file.</summary>
    /// <exception cref="UsageException">There is no such name or file, or it is no space.</exception>
    public static RecipeSpace Named(string asked) => s_known.TryGetValue(asked, out var known) ? known : FromFile(asked);

    private static RecipeSpace FromFile(string path)
    {
        try
        {
            return RecipeSpace.FromJson(File.ReadAllText(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"Option --space must be one of {Names}, or a file, but '{path}' was not found.");
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{e.Sentence()[..^1]} (in '{path}').");
        }
    }
}
