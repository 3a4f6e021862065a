using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>The SHA-256 of some columns of a view: names, types, the values that keys stand for, and every row.</summary>
internal sealed class ViewHash : IDisposable
{
    private const int RowsBetweenChecks = 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _used;

    private ViewHash()
    {
    }

    /// <exception cref="NotSupportedException">A column is of another type than numbers, Booleans, text, keys and vectors of them.</exception>
    public static byte[] Of(IDataView data, IEnumerable<int> columns, Action checkCanceled)
    {
        using var hash = new ViewHash();
        DataViewSchema.Column[] all = [.. columns.Select(index => data.Schema[index])];
        foreach (var column in all)
            hash.AddHead(column);
        using var cursor = data.GetRowCursor(all);
        var readers = all.Select(column => hash.Reader(cursor, column)).ToArray();
        var rows = 0L;
        for (; cursor.MoveNext(); rows++)
        {
            if (rows % RowsBetweenChecks == 0)
                checkCanceled();
            foreach (var read in readers)
                read();
        }

        hash.Add(rows);
        hash.Flush();
        return hash._hash.GetHashAndReset();
    }

    public void Dispose() => _hash.Dispose();

    private void AddHead(DataViewSchema.Column column)
    {
        Add(column.Name);
        Add(column.Type.ToString()!);
        foreach (var annotation in new[] { ScoreAnnotations.KeyValues, ScoreAnnotations.SlotNames })
        {
            var names = ClassValues.Of(column, annotation)?.Names ?? [];
            Add((long)names.Count);
            foreach (var name in names)
                Add(name);
        }
    }

    private Action Reader(DataViewRow row, DataViewSchema.Column column)
    {
        var type = column.Type is VectorDataViewType vector ? vector.ItemType.RawType : column.Type.RawType;
        return type == typeof(float) ? Numbers<float>(row, column)
            : type == typeof(double) ? Numbers<double>(row, column)
            : type == typeof(bool) ? Numbers<bool>(row, column)
            : type == typeof(sbyte) ? Numbers<sbyte>(row, column)
            : type == typeof(byte) ? Numbers<byte>(row, column)
            : type == typeof(short) ? Numbers<short>(row, column)
            : type == typeof(ushort) ? Numbers<ushort>(row, column)
            : type == typeof(int) ? Numbers<int>(row, column)
            : type == typeof(uint) ? Numbers<uint>(row, column)
            : type == typeof(long) ? Numbers<long>(row, column)
            : type == typeof(ulong) ? Numbers<ulong>(row, column)
            : type == typeof(ReadOnlyMemory<char>) ? Texts(row, column)
            : throw new NotSupportedException($"it reads column '{column.Name}' of type {column.Type}");
    }

    private Action Numbers<T>(DataViewRow row, DataViewSchema.Column column) where T : unmanaged =>
        Reader<T>(row, column, values => Add(MemoryMarshal.AsBytes(values)));

    private Action Texts(DataViewRow row, DataViewSchema.Column column) => Reader<ReadOnlyMemory<char>>(row, column, texts =>
    {
        foreach (var text in texts)
        {
            Add((long)text.Length);
            Add(MemoryMarshal.AsBytes(text.Span));
        }
    });

    private Action Reader<T>(DataViewRow row, DataViewSchema.Column column, SpanAction<T> add)
    {
        if (column.Type is not VectorDataViewType)
        {
            var (get, value) = (row.GetGetter<T>(column), new T[1]);
            return () =>
            {
                get(ref value[0]);
                add(value);
            };
        }

        var (getVector, values) = (row.GetGetter<VBuffer<T>>(column), default(VBuffer<T>));
        return () =>
        {
            getVector(ref values);
            Add(values.Length);
            if (!values.IsDense)
            {
                Add(values.GetIndices().Length);
                Add(MemoryMarshal.AsBytes(values.GetIndices()));
            }

            add(values.GetValues());
        };
    }

    private delegate void SpanAction<T>(ReadOnlySpan<T> values);

    private void Add(string text)
    {
        Add((long)text.Length);
        Add(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        Add(bytes);
    }

    // values are small, and the hash takes long for each call
    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (_used + bytes.Length > _buffer.Length)
            Flush();
        if (bytes.Length > _buffer.Length)
        {
            _hash.AppendData(bytes);
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _used);
        _used = 0;
    }
}
