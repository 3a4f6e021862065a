using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed class TransformsCatalog : IInternalCatalog
{
    private readonly IHostEnvironment _env;

    IHostEnvironment IInternalCatalog.Environment => _env;

    public CategoricalTransforms Categorical { get; }

    public ConversionTransforms Conversion { get; }

    public TextTransforms Text { get; }

    public FeatureSelectionTransforms FeatureSelection { get; }

    internal TransformsCatalog(IHostEnvironment env)
    {
        _env = env;
        (Categorical, Conversion, Text, FeatureSelection) = (new(this), new(this), new(this), new(this));
    }

    public sealed class CategoricalTransforms : IInternalCatalog
    {
        private readonly TransformsCatalog _owner;
        internal CategoricalTransforms(TransformsCatalog owner) => _owner = owner;
        IHostEnvironment IInternalCatalog.Environment => _owner._env;
    }

    public sealed class ConversionTransforms : IInternalCatalog
    {
        private readonly TransformsCatalog _owner;
        internal ConversionTransforms(TransformsCatalog owner) => _owner = owner;
        IHostEnvironment IInternalCatalog.Environment => _owner._env;
    }

    public sealed class TextTransforms : IInternalCatalog
    {
        private readonly TransformsCatalog _owner;
        internal TextTransforms(TransformsCatalog owner) => _owner = owner;
        IHostEnvironment IInternalCatalog.Environment => _owner._env;
    }

    public sealed class FeatureSelectionTransforms : IInternalCatalog
    {
        private readonly TransformsCatalog _owner;
        internal FeatureSelectionTransforms(TransformsCatalog owner) => _owner = owner;
        IHostEnvironment IInternalCatalog.Environment => _owner._env;
    }
}
