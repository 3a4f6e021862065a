using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

internal static class PredictionLoader
{
    /// A prediction transformer whose type argument is the type of the model that the archive holds.
    public static ISingleFeaturePredictionTransformer<object> Create(Type generic, IHostEnvironment env, IHost host, ModelLoadContext ctx, VersionInfo version)
    {
        ctx.CheckAtModel(version);
        var model = PredictionTransformerBase<object>.LoadModel(host, ctx);
        try
        {
            var type = generic.MakeGenericType(ModelTypeOf(model));
            return (ISingleFeaturePredictionTransformer<object>)Activator.CreateInstance(type, BindingFlags.NonPublic | BindingFlags.Instance, null, [env, ctx, host, model], null);
        }
        catch (TargetInvocationException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e.InnerException).Throw();
            throw;
        }
    }

    /// Calibrated models are known by their public base.
    private static Type ModelTypeOf(object model)
    {
        for (var type = model.GetType().BaseType; type != null; type = type.BaseType)
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Calibrators.CalibratedModelParametersBase<,>)) return type;
        return model.GetType();
    }
}
