using System.Globalization;

namespace Retort;

/// <summary>How many bytes a dataset may take: more than the machine has would be killed without a word, often after an hour of reading.</summary>
internal sealed record MemoryLimit(long Bytes)
{
    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>The memory of the machine, or what its container allows.</summary>
    public static MemoryLimit OfMachine => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Rows that were announced, before the first of them is read.</summary>
    /// <exception cref="ArgumentException">They take more.</exception>
    public void CheckAll(string data, long rows, int columns, long bytesPerRow) => Check(data, rows, bytesPerRow, $"{rows} rows of {columns} columns take");

    /// <summary>Rows that have been read where nobody knows how many will come.</summary>
    /// <exception cref="ArgumentException">They take more already.</exception>
    public void CheckFirst(string data, long rows, int columns, long bytesPerRow) => Check(data, rows, bytesPerRow, $"its first {rows} rows of {columns} columns alone take");

    private void Check(string data, long rows, long bytesPerRow, string what)
    {
        if ((double)rows * bytesPerRow > Bytes)
            throw new ArgumentException($"{data} must fit in {Text(Bytes)} of memory, but {what} {Text((double)rows * bytesPerRow)}.");
    }

    private static string Text(double bytes)
    {
        var unit = 0;
        for (; bytes >= 1024 && unit < Units.Length - 1; unit++)
            bytes /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {Units[unit]}");
    }
}
