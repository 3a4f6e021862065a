global using TorchSharp;
global using static TorchSharp.torch;
global using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
