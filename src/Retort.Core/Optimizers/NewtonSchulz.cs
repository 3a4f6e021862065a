namespace Retort;

/// <summary>Brings all singular values of a matrix near 1, by products alone.</summary>
/// <remarks>
/// <c>X = a X + (b A + c A^2) X</c> with <c>A = X X'</c>, five times, from a matrix of norm 1; a tall matrix is multiplied from the other side.
/// The coefficients make small singular values grow fastest; they end in about [0.7, 1.2], not at 1, which is near enough for a step.
/// Source: Jordan et al., Muon: An Optimizer for Hidden Layers in Neural Networks, 2024, https://kellerjordan.github.io/posts/muon/; in float32 rather than bfloat16.
/// </remarks>
internal sealed class NewtonSchulz
{
    private const int Iterations = 5;
    private const float A = 3.4445f, B = -4.7750f, C = 2.0315f;

    private readonly bool _isTall;
    private readonly Tensor _gram, _polynomial;
    private Tensor _current, _currentTransposed, _next, _nextTransposed;

    public NewtonSchulz(int rows, int columns)
    {
        _isTall = rows > columns;
        var side = Math.Min(rows, columns);
        (_gram, _polynomial) = (zeros(side, side, dtype: float32, device: CPU), zeros(side, side, dtype: float32, device: CPU));
        (_current, _next) = (zeros(rows, columns, dtype: float32, device: CPU), zeros(rows, columns, dtype: float32, device: CPU));
        (_currentTransposed, _nextTransposed) = (_current.t(), _next.t());
    }

    /// <summary>The matrix to work on; after <see cref="Run"/> the result.</summary>
    public Span<float> Values => Memory.Of<float>(_current);

    public void Run()
    {
        Spans.Scale(Values, (float)(1 / (Spans.Norm(Values) + 1e-7)));
        for (var i = 0; i < Iterations; i++)
        {
            _gram.addmm_(_isTall ? _currentTransposed : _current, _isTall ? _current : _currentTransposed, beta: 0);
            Memory.Of<float>(_gram).CopyTo(Memory.Of<float>(_polynomial));
            _polynomial.addmm_(_gram, _gram, beta: B, alpha: C);
            Values.CopyTo(Memory.Of<float>(_next));
            _next.addmm_(_isTall ? _current : _polynomial, _isTall ? _polynomial : _current, beta: A);
            (_current, _currentTransposed, _next, _nextTransposed) = (_next, _nextTransposed, _current, _currentTransposed);
        }
    }
}
