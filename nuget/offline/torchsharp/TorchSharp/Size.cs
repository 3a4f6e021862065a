using System.Collections;

namespace TorchSharp;

public static partial class torch
{
    public struct Size : IEnumerable<long>
    {
        readonly long[] shape;
        public Size(long[] shape) => this.shape = (long[])shape.Clone();
        public Size(int[] shape) => this.shape = Array.ConvertAll(shape, i => (long)i);
        public Size(IEnumerable<long> shape) => this.shape = shape.ToArray();
        public Size(long size) => shape = new[] { size };
        public Size(int size) => shape = new long[] { size };
        public Size((long, long) size) => shape = new[] { size.Item1, size.Item2 };
        public Size((long, long, long) size) => shape = new[] { size.Item1, size.Item2, size.Item3 };
        public Size((long, long, long, long) size) => shape = new[] { size.Item1, size.Item2, size.Item3, size.Item4 };
        public Size((int, int) size) => shape = new long[] { size.Item1, size.Item2 };
        public Size((int, int, int) size) => shape = new long[] { size.Item1, size.Item2, size.Item3 };
        public Size((int, int, int, int) size) => shape = new long[] { size.Item1, size.Item2, size.Item3, size.Item4 };

        public static Size Empty = new(Array.Empty<long>());
        public long[] Shape => (long[])(shape ?? Array.Empty<long>()).Clone();
        public int Length => shape?.Length ?? 0;
        public bool IsEmpty => Length == 0;
        public bool IsScalar => Length == 0;
        public long this[int idx] => shape[idx];
        public long this[long idx] => shape[idx];
        public long numel() => Shape.Aggregate(1L, (a, b) => a * b);
        public Size Slice(int first, int next) => new(Shape[first..next]);
        public IEnumerable<long> Take(int i) => Shape.Take(i);

        public static implicit operator Size(long size) => new(size);
        public static implicit operator Size(long[] size) => new(size);
        public static implicit operator Size((long, long) size) => new(size);
        public static implicit operator Size((long, long, long) size) => new(size);
        public static implicit operator Size((long, long, long, long) size) => new(size);
        public static Size operator +(Size left, Size right) => new(left.Shape.Concat(right.Shape));
        public static Size operator +(Size left, IEnumerable<long> right) => new(left.Shape.Concat(right));
        public static bool operator ==(Size left, Size right) => ReferenceEquals(left.shape, right.shape);
        public static bool operator !=(Size left, Size right) => !(left == right);
        public override bool Equals(object obj) => obj is Size other && this == other;
        public override int GetHashCode() { var h = new HashCode(); foreach (var d in Shape) h.Add(d); return h.ToHashCode(); }
        public IEnumerator<long> GetEnumerator() => Shape.AsEnumerable().GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
