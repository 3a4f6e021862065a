using System.Reflection;

namespace Microsoft.ML.Runtime;

/// The loadable classes and extensions of the assemblies that were registered.
public sealed class ComponentCatalog
{
    private readonly object _lock = new();
    private readonly HashSet<string> _assemblies = [];
    private readonly Dictionary<(string Name, Type Signature), Maker> _makers = [];
    private readonly Dictionary<(Type Attribute, string Contract), Type> _extensions = [];

    internal ComponentCatalog() { }

    public void RegisterAssembly(Assembly assembly, bool throwOnError = true)
    {
        Contracts.CheckValue(assembly, nameof(assembly));
        lock (_lock)
        {
            if (!_assemblies.Add(assembly.FullName)) return;
            foreach (var attribute in assembly.GetCustomAttributes<LoadableClassAttributeBase>())
                try { Add(attribute); }
                catch when (!throwOnError) { }
            if (!IsOurs(assembly)) AddExtensions(assembly);
        }
    }

    private static bool IsOurs(Assembly assembly) =>
        assembly.GetName().Name.StartsWith("Microsoft.ML.", StringComparison.Ordinal) && assembly.GetName().GetPublicKey().AsSpan().SequenceEqual(typeof(ComponentCatalog).Assembly.GetName().GetPublicKey());

    private void Add(LoadableClassAttributeBase attribute)
    {
        var maker = Maker.OrNull(attribute)
            ?? throw Contracts.Except($"No usable constructor or Create method of '{attribute.LoaderType}' makes a '{attribute.InstanceType}'");
        foreach (var signature in attribute.SigTypes)
            foreach (var name in attribute.LoadNames)
            {
                var key = (name.ToLowerInvariant().Trim(), signature);
                if (_makers.TryGetValue(key, out var other) && other.Attribute.LoaderType != attribute.LoaderType)
                    throw Contracts.Except($"ComponentCatalog cannot map name '{name}' and SignatureType '{signature}' to {attribute.LoaderType}, already mapped to {other.Attribute.LoaderType}.");
                _makers[key] = maker;
            }
    }

    private void AddExtensions(Assembly assembly)
    {
        foreach (var type in assembly.GetTypes())
            if (!type.IsAbstract && type.GetCustomAttribute<ExtensionBaseAttribute>(inherit: false) is { } attribute)
            {
                var key = (attribute.GetType(), attribute.ContractName);
                if (_extensions.TryGetValue(key, out var other) && other != type)
                    throw Contracts.Except($"ComponentCatalog cannot map name '{attribute.ContractName}' to {type}, already mapped to {other}.");
                _extensions[key] = type;
            }
    }

    internal object GetExtensionValue(IHostEnvironment env, Type extensionType, string contractName)
    {
        Type type;
        lock (_lock)
            if (!_extensions.TryGetValue((extensionType, contractName), out type))
                throw env.Except($"Extension not found: {extensionType.Name} with contract '{contractName}'");
        return Activator.CreateInstance(type);
    }

    internal bool IsKnown(Type signatureType, string name)
    {
        lock (_lock) return _makers.ContainsKey((name.ToLowerInvariant().Trim(), signatureType));
    }

    /// Makes the instance that is registered under this name and signature, of the result type or none.
    internal bool TryCreateInstance<TRes, TSig>(IHostEnvironment env, out TRes result, string name, params object[] extra) where TRes : class
    {
        Maker maker;
        lock (_lock) _makers.TryGetValue((name.ToLowerInvariant().Trim(), typeof(TSig)), out maker);
        result = maker?.Make(env, extra) as TRes;
        return result != null;
    }

    /// One way to make an instance: a constructor or a static Create, with or without the environment as first parameter.
    private sealed class Maker(LoadableClassAttributeBase attribute, MethodBase method, bool takesEnvironment)
    {
        private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

        public LoadableClassAttributeBase Attribute => attribute;

        public static Maker OrNull(LoadableClassAttributeBase attribute)
        {
            foreach (var takesEnvironment in new[] { true, false })
            {
                var types = takesEnvironment ? [typeof(IHostEnvironment), .. attribute.CtorTypes] : attribute.CtorTypes;
                MethodBase ctor = attribute.InstanceType.IsAssignableFrom(attribute.LoaderType) && !attribute.LoaderType.IsAbstract
                    ? attribute.LoaderType.GetConstructor(Own | BindingFlags.Instance, types) : null;
                var create = attribute.LoaderType.GetMethod("Create", Own | BindingFlags.Static, types);
                if (create != null && !attribute.InstanceType.IsAssignableFrom(create.ReturnType)) create = null;
                if (ctor != null && create != null && Rank(ctor) == Rank(create))
                    throw Contracts.Except($"Can't load type {attribute.InstanceType}, because it has both create and constructor methods with the same visibility. Please indicate which one should be used by changing either the signature or the visibility of one of them.");
                if ((ctor == null ? create : create == null || Rank(ctor) > Rank(create) ? ctor : create) is { } found) return new(attribute, found, takesEnvironment);
            }
            return null;
        }

        private static int Rank(MethodBase method) => method.IsPublic ? 4 : method.IsFamilyOrAssembly ? 3 : method.IsAssembly || method.IsFamily ? 2 : 1;

        public object Make(IHostEnvironment env, object[] extra)
        {
            var args = takesEnvironment ? [env, .. extra] : extra;
            try { return method is ConstructorInfo ctor ? ctor.Invoke(args) : method.Invoke(null, args); }
            catch (TargetInvocationException e) when (e.InnerException.IsMarked()) { throw Contracts.Except(e, "Error during class instantiation"); }
        }
    }
}
