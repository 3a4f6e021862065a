using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed partial class ModelOperationsCatalog : IInternalCatalog
{
    private readonly IHostEnvironment _env;

    IHostEnvironment IInternalCatalog.Environment => _env;

    internal ModelOperationsCatalog(IHostEnvironment env) => _env = env;
}
