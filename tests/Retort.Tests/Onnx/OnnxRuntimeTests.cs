using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Retort.Tests;

/// <summary>ONNX Runtime is there: its binding finds its library and computes.</summary>
[TestClass]
public sealed class OnnxRuntimeTests
{
    [TestMethod]
    public void A_session_computes_any_number_of_rows() // y = x W^T + b by hand
    {
        var model = OnnxBytes.Model(
            [OnnxBytes.Node("Gemm", ["x", "w", "b"], ["y"], OnnxBytes.Attribute("transB", 1L))],
            [OnnxBytes.Value("x", OnnxBytes.Float, "rows", 2)],
            [OnnxBytes.Value("y", OnnxBytes.Float, "rows", 3)],
            OnnxBytes.Tensor("w", [3, 2], 1, 2, 3, 4, 5, 6),
            OnnxBytes.Tensor("b", [3], 0.5f, 0, -1));
        using var session = new InferenceSession(model);

        CollectionAssert.AreEqual(new[] { -1, 2 }, session.InputMetadata["x"].Dimensions);
        using var one = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(new float[] { 1, 1 }, [1, 2]))]);
        CollectionAssert.AreEqual(new[] { 3.5f, 7, 10 }, one[0].AsEnumerable<float>().ToArray());
        using var two = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(new float[] { 1, 1, 0, -1 }, [2, 2]))]);
        CollectionAssert.AreEqual(new[] { 3.5f, 7, 10, -1.5f, -4, -7 }, two[0].AsEnumerable<float>().ToArray());
    }

    [TestMethod]
    public void A_file_that_is_no_model_is_refused() =>
        Assert.ThrowsExactly<OnnxRuntimeException>(() => new InferenceSession([1, 2, 3, 4]).Dispose());
}
