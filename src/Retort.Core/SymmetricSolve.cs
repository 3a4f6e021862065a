namespace Retort;

/// <summary>Linear systems of a symmetric matrix that is positive definite, by the factor of Cholesky, in float64.</summary>
internal static class SymmetricSolve
{
    /// <summary>Each row x of <paramref name="rows"/> becomes the solution of <c>A y = x</c>; A is overwritten by its factor.</summary>
    /// <param name="matrix">A, [size × size].</param>
    /// <param name="rows">Right-hand sides, [any number × size].</param>
    /// <param name="size">How many unknowns there are.</param>
    /// <exception cref="ArgumentException">A is not positive definite.</exception>
    public static void Solve(double[] matrix, double[] rows, int size)
    {
        for (var i = 0; i < size; i++)
        {
            var own = matrix.AsSpan(i * size, size);
            for (var j = 0; j <= i; j++)
            {
                var rest = own[j] - TensorPrimitives.Dot<double>(own[..j], matrix.AsSpan(j * size, j));
                if (j < i)
                    own[j] = rest / matrix[j * size + j];
                else if (rest > 0)
                    own[i] = Math.Sqrt(rest);
                else
                    throw Check.Wrong("The matrix of a linear system", "be positive definite", $"not so at row {i}");
            }
        }

        var transposed = new double[matrix.Length]; // so that going back reads along rows
        for (var i = 0; i < size; i++)
            for (var j = 0; j <= i; j++)
                transposed[j * size + i] = matrix[i * size + j];
        for (var start = 0; start < rows.Length; start += size)
        {
            var x = rows.AsSpan(start, size);
            for (var i = 0; i < size; i++)
                x[i] = (x[i] - TensorPrimitives.Dot<double>(matrix.AsSpan(i * size, i), x[..i])) / matrix[i * size + i];
            for (var i = size - 1; i >= 0; i--)
                x[i] = (x[i] - TensorPrimitives.Dot<double>(transposed.AsSpan(i * size + i + 1, size - i - 1), x[(i + 1)..])) / matrix[i * size + i];
        }
    }
}
