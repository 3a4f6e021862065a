using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Retort.Tests;

/// <summary>What an assembly shows to others: its public and protected members as sorted lines of C#.</summary>
internal static class ApiText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<string, string> s_keywords = new()
    {
        ["Void"] = "void",
        ["Object"] = "object",
        ["String"] = "string",
        ["Boolean"] = "bool",
        ["Byte"] = "byte",
        ["Char"] = "char",
        ["Double"] = "double",
        ["Int16"] = "short",
        ["Int32"] = "int",
        ["Int64"] = "long",
        ["Single"] = "float",
        ["UInt32"] = "uint",
        ["UInt64"] = "ulong",
    };

    /// <summary>A line for each type and each member; overrides and what the compiler adds to a record are left out.</summary>
    public static string Of(params Assembly[] assemblies) =>
        string.Concat(assemblies.SelectMany(assembly => assembly.GetTypes()).Where(Visible).SelectMany(Lines).Order(StringComparer.Ordinal).Select(line => line + "\n"));

    private static bool Visible(Type type) => type.IsPublic || ((type.IsNestedPublic || type.IsNestedFamily) && Visible(type.DeclaringType!));

    private static bool Visible(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static IEnumerable<string> Lines(Type type)
    {
        var name = $"{type.Namespace}.{(type.IsNested ? Short(type.DeclaringType!) + "." : "")}{Short(type)}";
        yield return $"{name} {Kind(type)}{Bases(type)}";
        if (type.IsEnum)
        {
            foreach (var value in Enum.GetNames(type))
                yield return $"{name}: {value} = {Convert.ToInt64(Enum.Parse(type, value), CultureInfo.InvariantCulture)}";
            yield break;
        }

        foreach (var member in type.GetMembers(Declared))
        {
            if (Line(member) is { } line)
                yield return $"{name}: {line}";
        }
    }

    private static string? Line(MemberInfo member) => member switch
    {
        FieldInfo { IsPublic: true } field => $"public {(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Name(new NullabilityInfoContext().Create(field))} {field.Name}",
        ConstructorInfo made when Visible(made) && !Added(made) => $"{Access(made)}{made.DeclaringType!.Name.Split('`')[0]}({Parameters(made)})",
        PropertyInfo property when Accessors(property) is [var first, ..] && !Added(property) && first.GetBaseDefinition() == first => Property(property, first),
        MethodInfo { IsSpecialName: false } method when Visible(method) && (!Added(method) || method.Name == "Deconstruct") && method.GetBaseDefinition() == method => Method(method),
        MethodInfo { IsSpecialName: true } method when method.Name.StartsWith("op_", StringComparison.Ordinal) && !Added(method) => Method(method),
        _ => null,
    };

    // the compiler's members of records; automatic accessors carry the mark too, and are seen through their property
    private static bool Added(MemberInfo member) => member.Name == "EqualityContract" || (member is MethodBase && member.IsDefined(typeof(CompilerGeneratedAttribute)));

    private static MethodInfo[] Accessors(PropertyInfo property) => [.. property.GetAccessors(nonPublic: true).Where(Visible)];

    private static string Property(PropertyInfo property, MethodInfo first)
    {
        var index = property.GetIndexParameters();
        var kinds = string.Concat(Accessors(property).Select(a => $"{(Access(a) == Access(first) ? "" : Access(a))}{(a == property.GetMethod ? "get" : Init(a) ? "init" : "set")}; "));
        return $"{Access(first)}{Name(new NullabilityInfoContext().Create(property))} {(index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]")} {{ {kinds}}}";
    }

    private static bool Init(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";
        return $"{Access(method)}{Name(new NullabilityInfoContext().Create(method.ReturnParameter))} {method.Name}{generic}({(method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "")}{Parameters(method)})";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var kind = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        return $"{kind}{Name(new NullabilityInfoContext().Create(parameter))} {parameter.Name}{(parameter.HasDefaultValue ? $" = {Default(parameter)}" : "")}";
    }

    private static string Default(ParameterInfo parameter) => parameter.DefaultValue switch
    {
        null => parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        var value when parameter.ParameterType.IsEnum => $"{Short(parameter.ParameterType)}.{Enum.ToObject(parameter.ParameterType, value)}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString()!,
    };

    private static string Access(MethodBase method) => (method.IsPublic ? "public " : "protected ") + (method switch
    {
        { IsStatic: true } => "static ",
        { DeclaringType.IsInterface: true } => "",
        { IsAbstract: true } => "abstract ",
        { IsVirtual: true, IsFinal: false } when method is MethodInfo info && info.GetBaseDefinition() == info => "virtual ",
        _ => "",
    });

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
        _ => (type switch { { IsAbstract: true, IsSealed: true } => "static ", { IsAbstract: true } => "abstract ", { IsSealed: true } => "sealed ", _ => "" }) + (type.GetMethod("<Clone>$") is null ? "class" : "record"),
    };

    private static string Bases(Type type)
    {
        if (type.IsEnum || typeof(Delegate).IsAssignableFrom(type))
            return "";
        var inherited = type.BaseType?.GetInterfaces() ?? [];
        // what outsiders cannot name is no part of what they see
        var bases = type.GetInterfaces().Except(inherited).Where(i => i.IsVisible && !(i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEquatable<>))).Select(Short).Order(StringComparer.Ordinal);
        string[] parent = type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) ? [Short(b)] : [];
        var all = string.Join(", ", parent.Concat(bases));
        return all.Length == 0 ? "" : $" : {all}";
    }

    private static string Name(NullabilityInfo info)
    {
        var type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        return Name(type, info) + (info.ReadState == NullabilityState.Nullable && !type.IsValueType ? "?" : "");
    }

    private static string Short(Type type) => Name(type, null);

    private static string Name(Type type, NullabilityInfo? info)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!, info);
        if (type.IsArray)
            return (info?.ElementType is { } element ? Name(element) : Short(type.GetElementType()!)) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Short(inner) + "?";
        if (type.IsGenericType)
        {
            var arguments = type.GetGenericArguments();
            var names = arguments.Select((argument, i) => info is not null && info.GenericTypeArguments.Length == arguments.Length ? Name(info.GenericTypeArguments[i]) : Short(argument)).ToArray();
            return type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal) ? $"({string.Join(", ", names)})" : $"{type.Name.Split('`')[0]}<{string.Join(", ", names)}>";
        }

        return type.Namespace == "System" && s_keywords.TryGetValue(type.Name, out var keyword) ? keyword : type.Name;
    }
}
