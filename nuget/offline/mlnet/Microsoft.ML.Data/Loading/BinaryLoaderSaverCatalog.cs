using Microsoft.ML.Data;

namespace Microsoft.ML;

public static class BinaryLoaderSaverCatalog
{
    private const string Reason = "The binary format of data views needs the package Microsoft.ML itself; this stand-in does not read or write it.";

    public static IDataView LoadFromBinary(this DataOperationsCatalog catalog, IMultiStreamSource fileSource) => throw new NotSupportedException(Reason);

    public static IDataView LoadFromBinary(this DataOperationsCatalog catalog, string path) => throw new NotSupportedException(Reason);

    public static void SaveAsBinary(this DataOperationsCatalog catalog, IDataView data, Stream stream, bool keepHidden = false) => throw new NotSupportedException(Reason);
}
