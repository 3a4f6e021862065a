namespace TorchSharp;

public enum DeviceType { CPU = 0, CUDA = 1, MKLDNN = 2, OPENGL = 3, OPENCL = 4, IDEEP = 5, HIP = 6, FPGA = 7, MSNPU = 8, XLA = 9, MPS = 13, META = 14 }
public enum TensorStringStyle { Metadata = 0, Julia = 1, Numpy = 2, CSharp = 3, Default = 4 }
public enum PaddingModes { Zeros = 0, Reflect = 1, Replicate = 2, Circular = 3, Constant = 4 }
public enum compute_mode { use_mm_for_euclid_dist_if_necessary = 0, use_mm_for_euclid_dist = 1, donot_use_mm_for_euclid_dist = 2 }
public enum Float32MatmulPrecision { highest = 0, high = 1, medium = 2 }
public enum Reduce { prod = 0, mean = 1, amax = 2, amin = 3 }

public static partial class torch
{
    public enum ScalarType : sbyte
    {
        Byte = 0, Int8 = 1, Int16 = 2, Int32 = 3, Int64 = 4, Float16 = 5, Float32 = 6, Float64 = 7,
        ComplexFloat32 = 9, ComplexFloat64 = 10, Bool = 11, BFloat16 = 15
    }
    public enum RoundingMode { None = 0, trunc = 1, floor = 2 }

    public static ScalarType uint8 = ScalarType.Byte, int8 = ScalarType.Int8, int16 = ScalarType.Int16, @short = ScalarType.Int16, int32 = ScalarType.Int32, @int = ScalarType.Int32,
        int64 = ScalarType.Int64, @long = ScalarType.Int64, float16 = ScalarType.Float16, half = ScalarType.Float16, float32 = ScalarType.Float32, @float = ScalarType.Float32,
        float64 = ScalarType.Float64, @double = ScalarType.Float64, bfloat16 = ScalarType.BFloat16, complex64 = ScalarType.ComplexFloat32, cfloat = ScalarType.ComplexFloat32,
        complex128 = ScalarType.ComplexFloat64, cdouble = ScalarType.ComplexFloat64, @bool = ScalarType.Bool;
}
