namespace Microsoft.ML.AutoML.CodeGen;

/// Without members: its trainers are in no stand-in.
public class FastForestOption
{
}
