using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Onnx;

/// How sessions are made in an environment.
public sealed class OnnxSessionOptions
{
    public delegate SessionOptions CreateOnnxSessionOptions();

    public OnnxSessionOptions() { }

    public OrtLoggingLevel LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;

    public CreateOnnxSessionOptions CreateSessionOptions { get; set; }
    public bool EnableCpuMemArena { get; set; } = true;
    public bool EnableMemoryPattern { get; set; } = true;
    public bool EnableProfiling { get; set; }
    public ExecutionMode ExecutionMode { get; set; } = ExecutionMode.ORT_SEQUENTIAL;
    public int GlobalInterOpNumThreads { get; set; }
    public int GlobalIntraOpNumThreads { get; set; }
    public GraphOptimizationLevel GraphOptimizationLevel { get; set; } = GraphOptimizationLevel.ORT_ENABLE_ALL;
    public int InterOpNumThreads { get; set; }
    public int IntraOpNumThreads { get; set; }
    public string LogId { get; set; } = "";
    public int LogVerbosityLevel { get; set; }
    public string OptimizedModelFilePath { get; set; } = "";
    public bool PerSessionThreads { get; set; } = true;
    public string ProfileOutputPathPrefix { get; set; } = "onnxruntime_profile_";

    internal SessionOptions Create()
    {
        if (CreateSessionOptions != null) return CreateSessionOptions();
        if (!PerSessionThreads) throw new NotSupportedException("Threads that sessions share are in the package Microsoft.ML.OnnxTransformer.");
        return new SessionOptions
        {
            EnableCpuMemArena = EnableCpuMemArena,
            EnableMemoryPattern = EnableMemoryPattern,
            EnableProfiling = EnableProfiling,
            ExecutionMode = ExecutionMode,
            GraphOptimizationLevel = GraphOptimizationLevel,
            InterOpNumThreads = InterOpNumThreads,
            IntraOpNumThreads = IntraOpNumThreads,
            LogId = LogId,
            LogSeverityLevel = LogSeverityLevel,
            LogVerbosityLevel = LogVerbosityLevel,
            OptimizedModelFilePath = OptimizedModelFilePath,
            ProfileOutputPathPrefix = ProfileOutputPathPrefix,
        };
    }
}

public static class OnnxSessionOptionsExtensions
{
    private const string Name = "OnnxSessionOptions";

    public static OnnxSessionOptions GetOnnxSessionOption(this IHostEnvironment env) => Options(env).GetOptionOrDefault<OnnxSessionOptions>(Name);

    public static void SetOnnxSessionOption(this IHostEnvironment env, OnnxSessionOptions onnxSessionOptions) => Options(env).SetOption(Name, onnxSessionOptions);

    private static IHostEnvironmentInternal Options(IHostEnvironment env) =>
        env as IHostEnvironmentInternal ?? throw new ArgumentException("No Onnx Session Options", nameof(env));
}
