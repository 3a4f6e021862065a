namespace Retort.Cli.Training;

/// <summary>Recipes of the command line: JSON in the argument or in a file.</summary>
internal static class Recipes
{
    /// <exception cref="UsageException">The text is no recipe, or a number is outside its range.</exception>
    public static Recipe Read(string? text, int? seed, int? epochs, string? device = null)
    {
        try
        {
            var recipe = text is null ? new Recipe() : Recipe.FromJson(text.TrimStart().StartsWith('{') ? text : File.ReadAllText(text));
            recipe = recipe with { Seed = seed ?? recipe.Seed, Epochs = epochs ?? recipe.Epochs, Device = device is null ? recipe.Device : Enum.Parse<TrainingDevice>(device, ignoreCase: true) };
            recipe.Validate();
            return recipe;
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException(e is FileNotFoundException or DirectoryNotFoundException
                ? $"Option --recipe must be JSON that starts with '{{', or a file, but '{text}' was not found."
                : e.Sentence());
        }
    }
}
