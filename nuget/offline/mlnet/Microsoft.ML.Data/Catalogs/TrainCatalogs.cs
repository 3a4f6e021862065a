using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public abstract partial class TrainCatalogBase : IInternalCatalog
{
    private protected readonly IHostEnvironment Environment;

    IHostEnvironment IInternalCatalog.Environment => Environment;

    private protected TrainCatalogBase(IHostEnvironment env) => Environment = env;

    public abstract class CatalogInstantiatorBase : IInternalCatalog
    {
        private readonly TrainCatalogBase _owner;

        IHostEnvironment IInternalCatalog.Environment => _owner.Environment;

        private protected CatalogInstantiatorBase(TrainCatalogBase catalog) => _owner = catalog;
    }

    public sealed class CrossValidationResult<T> where T : class
    {
        public readonly ITransformer Model;
        public readonly T Metrics;
        public readonly IDataView ScoredHoldOutSet;
        public readonly int Fold;

        internal CrossValidationResult(ITransformer model, T metrics, IDataView scores, int fold) => (Model, Metrics, ScoredHoldOutSet, Fold) = (model, metrics, scores, fold);
    }
}

public sealed partial class BinaryClassificationCatalog : TrainCatalogBase
{
    public BinaryClassificationTrainers Trainers { get; }

    public CalibratorsCatalog Calibrators { get; }

    internal BinaryClassificationCatalog(IHostEnvironment env) : base(env)
    {
        Trainers = new BinaryClassificationTrainers(this);
        Calibrators = new CalibratorsCatalog(this);
    }

    public sealed class BinaryClassificationTrainers : CatalogInstantiatorBase
    {
        internal BinaryClassificationTrainers(BinaryClassificationCatalog catalog) : base(catalog) { }
    }

    public sealed partial class CalibratorsCatalog : CatalogInstantiatorBase
    {
        internal CalibratorsCatalog(BinaryClassificationCatalog catalog) : base(catalog) { }
    }
}

public sealed partial class MulticlassClassificationCatalog : TrainCatalogBase
{
    public MulticlassClassificationTrainers Trainers { get; }

    internal MulticlassClassificationCatalog(IHostEnvironment env) : base(env) => Trainers = new MulticlassClassificationTrainers(this);

    public sealed class MulticlassClassificationTrainers : CatalogInstantiatorBase
    {
        internal MulticlassClassificationTrainers(MulticlassClassificationCatalog catalog) : base(catalog) { }
    }
}

public sealed partial class RegressionCatalog : TrainCatalogBase
{
    public RegressionTrainers Trainers { get; }

    internal RegressionCatalog(IHostEnvironment env) : base(env) => Trainers = new RegressionTrainers(this);

    public sealed class RegressionTrainers : CatalogInstantiatorBase
    {
        internal RegressionTrainers(RegressionCatalog catalog) : base(catalog) { }
    }
}

public sealed partial class RankingCatalog : TrainCatalogBase
{
    public RankingTrainers Trainers { get; }

    internal RankingCatalog(IHostEnvironment env) : base(env) => Trainers = new RankingTrainers(this);

    public sealed class RankingTrainers : CatalogInstantiatorBase
    {
        internal RankingTrainers(RankingCatalog catalog) : base(catalog) { }
    }
}

public sealed partial class ClusteringCatalog : TrainCatalogBase
{
    public ClusteringTrainers Trainers { get; }

    internal ClusteringCatalog(IHostEnvironment env) : base(env) => Trainers = new ClusteringTrainers(this);

    public sealed class ClusteringTrainers : CatalogInstantiatorBase
    {
        internal ClusteringTrainers(ClusteringCatalog catalog) : base(catalog) { }
    }
}

public sealed partial class AnomalyDetectionCatalog : TrainCatalogBase
{
    public AnomalyDetectionTrainers Trainers { get; }

    internal AnomalyDetectionCatalog(IHostEnvironment env) : base(env) => Trainers = new AnomalyDetectionTrainers(this);

    public sealed class AnomalyDetectionTrainers : CatalogInstantiatorBase
    {
        internal AnomalyDetectionTrainers(AnomalyDetectionCatalog catalog) : base(catalog) { }
    }
}

public sealed partial class ForecastingCatalog : TrainCatalogBase
{
    public Forecasters Trainers { get; }

    internal ForecastingCatalog(IHostEnvironment env) : base(env) => Trainers = new Forecasters(this);

    public sealed class Forecasters : CatalogInstantiatorBase
    {
        internal Forecasters(ForecastingCatalog catalog) : base(catalog) { }
    }
}
