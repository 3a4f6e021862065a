using Microsoft.ML.Data;

namespace Retort.Cli.Training;

/// <summary>The loader's kind for a type of numbers.</summary>
internal static class DataKinds
{
    public static DataKind? ToDataKind(this Type type) =>
        type == typeof(float) ? DataKind.Single
        : type == typeof(double) ? DataKind.Double
        : type == typeof(int) ? DataKind.Int32
        : type == typeof(long) ? DataKind.Int64
        : type == typeof(short) ? DataKind.Int16
        : type == typeof(sbyte) ? DataKind.SByte
        : type == typeof(uint) ? DataKind.UInt32
        : type == typeof(ulong) ? DataKind.UInt64
        : type == typeof(ushort) ? DataKind.UInt16
        : type == typeof(byte) ? DataKind.Byte
        : null;
}
