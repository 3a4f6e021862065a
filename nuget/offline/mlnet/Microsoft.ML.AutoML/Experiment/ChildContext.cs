using Microsoft.ML.Runtime;

namespace Microsoft.ML.AutoML;

/// A context of its own for whoever asks, so that cancelling one trial cancels no other; its messages reach the parent's log. Registered components do not come along.
internal static class ChildContext
{
    public static MLContext Of(MLContext parent, int? seed, IChannel channel)
    {
        var child = new MLContext(seed) { GpuDeviceId = parent.GpuDeviceId, FallbackToCpu = parent.FallbackToCpu, TempFilePath = parent.TempFilePath };
        child.Log += (_, message) => channel.Trace(MessageSensitivity.Unknown, message.Message);
        return child;
    }
}
