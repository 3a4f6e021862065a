using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Onnx;

/// A session over a model file. The file stays where it is, since saving reads it again by its name.
internal sealed class OnnxModel : IDisposable
{
    private readonly FileStream _own;
    private readonly IDictionary<string, int[]> _shapes;
    private InferenceSession _session;

    private OnnxModel(IHostEnvironment env, string file, FileStream own, OnnxOptions options)
    {
        (File, _own, _shapes) = (file, own, options.ShapeDictionary);
        var host = (IHostEnvironmentInternal)env;
        try
        {
            _session = Open(env, file, options, options.GpuDeviceId ?? host.GpuDeviceId, options.FallbackToCpu || host.FallbackToCpu);
            SlotNames = OnnxSlotNames.Read(file);
            foreach (var name in _shapes?.Keys ?? [])
                Shape(name, Inputs.GetValueOrDefault(name) ?? Outputs.GetValueOrDefault(name) ?? throw new ArgumentOutOfRangeException("shapeDictionary", $"The model has no input and no output '{name}'."));
        }
        catch (Exception e)
        {
            Dispose();
            if (e is OnnxRuntimeException) throw new InvalidOperationException($"Error initializing model :{e.Message}", e);
            throw;
        }
    }

    public string File { get; }

    public InferenceSession Session => _session ?? throw new ObjectDisposedException(nameof(OnnxTransformer));

    public IReadOnlyDictionary<string, string[]> SlotNames { get; }

    public IReadOnlyDictionary<string, NodeMetadata> Inputs => Session.InputMetadata;

    public IReadOnlyDictionary<string, NodeMetadata> Outputs => Session.OutputMetadata;

    public static OnnxModel FromFile(IHostEnvironment env, OnnxOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ModelFile)) throw new ArgumentOutOfRangeException("modelFile", "modelFile cannot be null or white space");
        if (!System.IO.File.Exists(options.ModelFile)) throw new FileNotFoundException($"Model file {options.ModelFile} does not exist.", options.ModelFile);
        return new(env, options.ModelFile, null, options);
    }

    /// The bytes go to a file of the environment's temporary folder, which nothing deletes.
    public static OnnxModel FromStream(IHostEnvironment env, Stream bytes, OnnxOptions options)
    {
        var file = Temporary(env);
        using (var copy = System.IO.File.Create(file)) bytes.CopyTo(copy);
        return new(env, file, null, options);
    }

    /// The bytes go to a file that is deleted with the model.
    public static OnnxModel FromBytes(IHostEnvironment env, byte[] bytes, OnnxOptions options)
    {
        var file = Temporary(env);
        var own = new FileStream(file, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 4096, FileOptions.DeleteOnClose);
        own.Write(bytes);
        own.Flush();
        return new(env, file, own, options);
    }

    /// The dimensions of an input or output; -1 is free.
    public int[] Shape(string name, NodeMetadata node)
    {
        var known = node.IsTensor ? node.Dimensions : [];
        if (_shapes == null || !_shapes.TryGetValue(name, out var given)) return known;
        var fits = given.Length == known.Length && given.Zip(known).All(d => d.Second < 0 || d.First == d.Second);
        if (!fits) throw new ArgumentOutOfRangeException("shapeDictionary", $"The shape of '{name}' must fit the model's [{string.Join(", ", known)}], but is [{string.Join(", ", given)}].");
        return given;
    }

    public void Dispose()
    {
        _session?.Dispose();
        _session = null;
        _own?.Dispose();
    }

    private static string Temporary(IHostEnvironment env) => Path.Combine(((IHostEnvironmentInternal)env).TempFilePath, Path.GetRandomFileName());

    private static InferenceSession Open(IHostEnvironment env, string file, OnnxOptions options, int? gpu, bool fallbackToCpu)
    {
        if (gpu is { } device)
            try
            {
                using var cuda = SessionOptions.MakeSessionOptionWithCudaProvider(device);
                return new InferenceSession(file, cuda);
            }
            catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException)
            {
                if (!fallbackToCpu) throw new InvalidOperationException($"The GPU {device} could not be used for the ONNX model: {e.Message}", e);
            }
        using var cpu = (env.GetOnnxSessionOption() ?? new OnnxSessionOptions()).Create();
        if (options.InterOpNumThreads is { } inter) cpu.InterOpNumThreads = inter;
        if (options.IntraOpNumThreads is { } intra) cpu.IntraOpNumThreads = intra;
        return new InferenceSession(file, cpu);
    }
}
