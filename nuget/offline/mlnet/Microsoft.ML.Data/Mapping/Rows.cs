using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// Getters whose type is known at run time only.
internal static class Rows
{
    public static ValueGetter<TValue> Typed<TValue>(Delegate getter) =>
        getter as ValueGetter<TValue> ?? throw Contracts.Except($"Invalid TValue: '{typeof(TValue)}', expected type: '{getter.GetType().GetGenericArguments()[0]}'.");

    private static readonly MethodInfo _getter = typeof(DataViewRow).GetMethod(nameof(DataViewRow.GetGetter));

    /// The getter of a column as a ValueGetter of the column's own raw type.
    public static Delegate GetGetterDelegate(this DataViewRow row, DataViewSchema.Column column)
    {
        try { return (Delegate)_getter.MakeGenericMethod(column.Type.RawType).Invoke(row, [column]); }
        catch (TargetInvocationException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e.InnerException).Throw();
            throw;
        }
    }

    public static Delegate GetGetterDelegate(this DataViewRow row, int column) => row.GetGetterDelegate(row.Schema[column]);

    public static ValueGetter<TValue> GetGetter<TValue>(this DataViewRow row, int column) => row.GetGetter<TValue>(row.Schema[column]);

    /// Calls a static or instance generic method with one type argument, as Marshal helpers do everywhere.
    public static TResult Call<TResult>(object target, Type owner, string method, Type typeArgument, params object[] args)
    {
        var found = owner.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance).Single(m => m.Name == method && m.IsGenericMethodDefinition && m.GetGenericArguments().Length == 1);
        try { return (TResult)found.MakeGenericMethod(typeArgument).Invoke(target, args); }
        catch (TargetInvocationException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e.InnerException).Throw();
            throw;
        }
    }
}
