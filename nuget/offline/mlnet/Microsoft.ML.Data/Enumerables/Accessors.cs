using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>Compiled readers and writers of the members of a class: each is compiled once a process.</summary>
internal static class Accessors<TRow> where TRow : class
{
    private static readonly ConcurrentDictionary<MemberInfo, Delegate> Readers = new(), Writers = new();

    public static MemberInfo Find(string name) =>
        (MemberInfo)typeof(TRow).GetField(name, BindingFlags.Public | BindingFlags.Instance) ?? typeof(TRow).GetProperty(name, BindingFlags.Public | BindingFlags.Instance);

    public static Type TypeOf(MemberInfo member) => member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;

    public static Func<TRow, TMember> Reader<TMember>(MemberInfo member) => (Func<TRow, TMember>)Readers.GetOrAdd(member, static m =>
    {
        var row = Expression.Parameter(typeof(TRow));
        return Expression.Lambda<Func<TRow, TMember>>(Expression.MakeMemberAccess(row, m), row).Compile();
    });

    public static Action<TRow, TMember> Writer<TMember>(MemberInfo member) => (Action<TRow, TMember>)Writers.GetOrAdd(member, static m =>
    {
        if (m is FieldInfo { IsInitOnly: true } constant) return (TRow target, TMember item) => constant.SetValue(target, item);
        var (row, value) = (Expression.Parameter(typeof(TRow)), Expression.Parameter(typeof(TMember)));
        return Expression.Lambda<Action<TRow, TMember>>(Expression.Assign(Expression.MakeMemberAccess(row, m), value), row, value).Compile();
    });

    public static bool CanRead(MemberInfo member) => member is FieldInfo || member is PropertyInfo { CanRead: true, GetMethod.IsPublic: true };
}

/// <summary>A scalar key counts from 0 in an object that is read and from 1 in the column, where 0 is the missing value. Objects that are filled get the raw value.</summary>
internal static class KeyShift
{
    public static T ToColumn<T>(T member, ulong count)
    {
        if (typeof(T) == typeof(uint)) { var v = (uint)(object)member; return v < count ? (T)(object)(v + 1) : default; }
        if (typeof(T) == typeof(ulong)) { var v = (ulong)(object)member; return v < count ? (T)(object)(v + 1) : default; }
        if (typeof(T) == typeof(ushort)) { var v = (ushort)(object)member; return v < count ? (T)(object)(ushort)(v + 1) : default; }
        if (typeof(T) == typeof(byte)) { var v = (byte)(object)member; return v < count ? (T)(object)(byte)(v + 1) : default; }
        return member;
    }
}
