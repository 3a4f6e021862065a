using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed partial class DataOperationsCatalog : IInternalCatalog
{
    private readonly IHostEnvironment _env;

    IHostEnvironment IInternalCatalog.Environment => _env;

    internal DataOperationsCatalog(IHostEnvironment env) => _env = env;
}
