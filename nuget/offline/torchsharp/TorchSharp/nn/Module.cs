using System.Reflection;
using System.Text;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Module = TorchSharp.torch.nn.Module;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public interface IModule<T, TResult> { TResult call(T input1); }
            public interface IModule<T1, T2, TResult> { TResult call(T1 input1, T2 input2); }
            public interface IModule<T1, T2, T3, TResult> { TResult call(T1 input1, T2 input2, T3 input3); }

            /// <summary>Parameters, buffers and submodules by name.</summary>
            public class Module : IDisposable
            {
                readonly List<(string Name, Parameter Value)> ownParameters = new();
                readonly List<(string Name, Tensor Value, bool Persistent)> ownBuffers = new();
                readonly List<(string Name, Module Value)> ownModules = new();
                protected string name;

                protected Module(string name) => this.name = name;

                public virtual bool training { get; private set; } = true;
                public virtual string GetName() => name;

                // Registration

                public virtual void register_parameter(string name, Parameter param)
                {
                    if (param is null) throw new ArgumentNullException(nameof(param), "A null tensor cannot be registered as a parameter.");
                    if (ownParameters.Any(p => p.Name == name)) throw new InvalidOperationException($"Parameter {name} is already registered.");
                    ownParameters.Add((name, param));
                }

                public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
                {
                    if (tensor is null) throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                    if (ownBuffers.Any(b => b.Name == name)) throw new InvalidOperationException($"Tensor {name} is already registered.");
                    ownBuffers.Add((name, tensor, persistent));
                }

                // The modules of this assembly keep what they make, whatever scope they are made in; users' modules do so themselves.
                internal void Keep(string name, Parameter p) => register_parameter(name, p.DetachFromDisposeScope() as Parameter);
                internal void Keep(string name, Tensor b) => register_buffer(name, b.DetachFromDisposeScope());

                public virtual void register_module(string name, Module submodule)
                {
                    if (submodule is null || ReferenceEquals(submodule, this))
                    {
                        if (submodule is not null) throw new ArgumentException($"{GetName()} is being registered as its own submodule.");
                        ownModules.RemoveAll(m => m.Name == name);
                        return;
                    }
                    if (name.Contains('.')) throw new ArgumentException($"module name can't contain \".\", got: {name}");
                    if (ownModules.Any(m => m.Name == name)) throw new InvalidOperationException($"Sub-module {name} is already registered.");
                    submodule.RegisterComponents();
                    ownModules.Add((name, submodule));
                }

                public void add_module(string name, Module module) => register_module(name, module);

                /// <summary>Registers what the fields hold, under the fields' names.</summary>
                protected virtual void RegisterComponents()
                {
                    for (var type = GetType(); type != typeof(Module) && type.Assembly != typeof(Module).Assembly; type = type.BaseType)
                        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                        {
                            var name = field.ComponentName();
                            switch (field.GetValue(this))
                            {
                                case Module m when ownModules.All(x => x.Name != name): register_module(name, m); break;
                                case Parameter p when ownParameters.All(x => x.Name != name): register_parameter(name, p); break;
                                case Tensor t when t is not Modules.Parameter && ownBuffers.All(x => x.Name != name): register_buffer(name, t); break;
                            }
                        }
                }

                protected void ClearModules() => ownModules.Clear();

                // Components by name

                public virtual IEnumerable<(string, Parameter)> named_parameters(bool recurse = true) =>
                    ownParameters.Select(p => (p.Name, p.Value)).Concat(recurse ? ownModules.SelectMany(m => m.Value.named_parameters().Select(p => ($"{m.Name}.{p.Item1}", p.Item2))) : []);
                public virtual IEnumerable<(string, Tensor)> named_buffers(bool recurse = true, bool include_nonpersistent = true) =>
                    ownBuffers.Where(b => b.Persistent).Select(b => (b.Name, b.Value)).Concat(recurse ? ownModules.SelectMany(m => m.Value.named_buffers(true, include_nonpersistent).Select(b => ($"{m.Name}.{b.Item1}", b.Item2))) : []);
                public virtual IEnumerable<(string, Module)> named_children() => ownModules.Select(m => (m.Name, m.Value));
                public virtual IEnumerable<(string, Module)> named_modules() => ownModules.SelectMany(m => m.Value.named_modules().Select(x => ($"{m.Name}.{x.Item1}", x.Item2)).Prepend((m.Name, m.Value)));
                public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.Item2);
                public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) => named_buffers(recurse, include_nonpersistent).Select(b => b.Item2);
                public virtual IEnumerable<Module> children() => ownModules.Select(m => m.Value);
                public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.Item2);
                public virtual Parameter get_parameter(string target) => named_parameters().FirstOrDefault(p => p.Item1 == target).Item2;
                public virtual Tensor get_buffer(string target) => named_buffers().FirstOrDefault(b => b.Item1 == target).Item2;
                public bool has_parameter(string target) => get_parameter(target) is not null;
                public bool has_buffer(string target) => get_buffer(target) is not null;
                internal Parameter Own(string name) => ownParameters.Find(p => p.Name == name).Value;
                internal Tensor OwnBuffer(string name) => ownBuffers.Find(b => b.Name == name).Value;

                // Modes

                public virtual void train(bool train = true)
                {
                    training = train;
                    foreach (var (_, m) in ownModules) m.train(train);
                }
                public virtual void eval() => train(false);
                public virtual Module apply(Action<Module> fn)
                {
                    foreach (var (_, m) in ownModules) m.apply(fn);
                    fn(this);
                    return this;
                }
                public virtual void zero_grad(bool set_to_none = true)
                {
                    foreach (var p in parameters())
                    {
                        using var grad = p.grad;
                        if (grad is null) continue;
                        if (set_to_none) p.grad = null;
                        else using (no_grad()) grad.zero_().Dispose();
                    }
                }

                // Moving: changed parameters become new objects

                internal void Move(ScalarType? dtype, Device device)
                {
                    if (device is not null) InitializeDevice(device);
                    Tensor Moved(Tensor x)
                    {
                        var type = dtype is { } to && (x.is_floating_point() || x.is_complex()) ? to : x.dtype;
                        var place = device ?? x.device;
                        return type == x.dtype && place.type == x.device_type && (place.index < 0 || place.index == x.device_index) ? null : x.to(type, place);
                    }
                    using (no_grad())
                    {
                        for (var i = 0; i < ownParameters.Count; i++)
                            if (ownParameters[i] is (var name, { } old) && Moved(old) is { } moved)
                            {
                                var grad = old.grad;
                                var p = new Parameter(moved, old.requires_grad);
                                if (grad is not null) p.grad = Moved(grad) ?? grad;
                                p.DetachFromDisposeScope();
                                ownParameters[i] = (name, p);
                                Replace(old, p);
                                old.Dispose();
                            }
                        for (var i = 0; i < ownBuffers.Count; i++)
                            if (Moved(ownBuffers[i].Value) is { } moved)
                            {
                                var old = ownBuffers[i];
                                ownBuffers[i] = (old.Name, moved.DetachFromDisposeScope(), old.Persistent);
                                Replace(old.Value, moved);
                                old.Value.Dispose();
                            }
                    }
                    foreach (var (_, m) in ownModules) m.Move(dtype, device);
                }

                void Replace(Tensor old, Tensor with)
                {
                    for (var type = GetType(); type != typeof(Module); type = type.BaseType)
                        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                            if (typeof(Tensor).IsAssignableFrom(field.FieldType) && ReferenceEquals(field.GetValue(this), old)) field.SetValue(this, with);
                }

                // State

                public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor> destination = null, string prefix = null)
                {
                    destination ??= new();
                    foreach (var (name, p) in named_parameters()) destination.TryAdd(Key(prefix, name), p);
                    foreach (var (name, b) in named_buffers(true, false)) destination.TryAdd(Key(prefix, name), b);
                    return destination;
                }
                static string Key(string prefix, string name) => string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}";

                public virtual (IList<string>, IList<string>) load_state_dict(Dictionary<string, Tensor> source, bool strict = true, IList<string> skip = null)
                {
                    var own = state_dict();
                    List<string> missing = new(), unexpected = new();
                    foreach (var key in source.Keys) if (skip?.Contains(key) != true && !own.ContainsKey(key)) unexpected.Add(key);
                    foreach (var key in own.Keys) if (skip?.Contains(key) != true && !source.ContainsKey(key)) missing.Add(key);
                    if (strict && (missing.Count > 0 || unexpected.Count > 0)) throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");
                    using (no_grad())
                        foreach (var (key, tensor) in source)
                            if (skip?.Contains(key) != true && own.TryGetValue(key, out var to)) to.copy_(tensor);
                    return (missing, unexpected);
                }

                public static void save_state_dict(BinaryWriter writer, Dictionary<string, Tensor> sd, IList<string> skip = null)
                {
                    var entries = sd.Where(e => skip?.Contains(e.Key) != true).ToList();
                    writer.Number(entries.Count);
                    foreach (var (key, tensor) in entries)
                    {
                        writer.Write(key);
                        TensorFormat.Write(tensor, writer);
                    }
                }

                public Module save(BinaryWriter writer, IList<string> skip = null) { save_state_dict(writer, state_dict(), skip); return this; }
                public Module save(Stream stream, IList<string> skip = null) { using var writer = new BinaryWriter(stream); return save(writer, skip); }
                public Module save(string location, IList<string> skip = null) { using var writer = new BinaryWriter(File.Create(location)); return save(writer, skip); }

                public virtual Module load(BinaryReader reader, bool strict = true, IList<string> skip = null, Dictionary<string, bool> loadedParameters = null)
                {
                    var own = state_dict();
                    var count = reader.Number();
                    var expected = own.Keys.Count(k => skip?.Contains(k) != true);
                    if (strict && count != expected) throw new ArgumentException($"Mismatched state_dict sizes: expected {expected}, but found {count} entries.");
                    for (var i = 0L; i < count; i++)
                    {
                        var key = reader.ReadString();
                        var found = own.TryGetValue(key, out var to);
                        if (strict && !found) throw new ArgumentException($"Mismatched module state names: the target modules does not have a submodule or buffer named '{key}'");
                        var wanted = found && skip?.Contains(key) != true;
                        if (wanted) TensorFormat.ReadInto(to, reader, false);
                        else TensorFormat.Read(reader, true);
                        if (loadedParameters is not null) loadedParameters[key] = wanted;
                    }
                    return this;
                }
                public virtual Module load(Stream stream, bool strict = true, IList<string> skip = null, Dictionary<string, bool> loadedParameters = null) { using var reader = new BinaryReader(stream); return load(reader, strict, skip, loadedParameters); }
                public virtual Module load(string location, bool strict = true, IList<string> skip = null, Dictionary<string, bool> loadedParameters = null)
                {
                    if (!File.Exists(location)) throw new FileNotFoundException(location);
                    using var reader = new BinaryReader(File.OpenRead(location));
                    return load(reader, strict, skip, loadedParameters);
                }

                public void Dispose() { Dispose(true); GC.SuppressFinalize(this); }
                protected virtual void Dispose(bool disposing)
                {
                    if (!disposing) return;
                    foreach (var (_, p) in ownParameters) p?.Dispose();
                    foreach (var (_, b, _) in ownBuffers) b.Dispose();
                    foreach (var (_, m) in ownModules) m.Dispose();
                }
            }

            public class HookableModule<TPreHook, TPostHook> : Module
            {
                protected HookableModule(string name) : base(name) { }
                protected Dictionary<string, TPreHook> pre_hooks = new();
                protected Dictionary<string, TPostHook> post_hooks = new();

                public HookRemover register_forward_pre_hook(TPreHook hook) { var key = Guid.NewGuid().ToString(); pre_hooks.Add(key, hook); return new HookRemover(this, key); }
                public HookRemover register_forward_hook(TPostHook hook) { var key = Guid.NewGuid().ToString(); post_hooks.Add(key, hook); return new HookRemover(this, key); }

                public class HookRemover
                {
                    readonly HookableModule<TPreHook, TPostHook> module;
                    readonly string key;
                    public HookRemover(HookableModule<TPreHook, TPostHook> module, string key) { this.module = module; this.key = key; }
                    public void remove() { module.pre_hooks.Remove(key); module.post_hooks.Remove(key); }
                }
            }

            public abstract class Module<T, TResult> : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>, IModule<T, TResult>
            {
                protected Module(string name) : base(name) { }
                public abstract TResult forward(T input);
                public TResult call(T input)
                {
                    foreach (var hook in pre_hooks.Values) if (hook(this, input) is { } changed) input = changed;
                    var result = forward(input);
                    foreach (var hook in post_hooks.Values) if (hook(this, input, result) is { } changed) result = changed;
                    return result;
                }
            }

            public abstract class Module<T1, T2, TResult> : HookableModule<Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?>, Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult>>, IModule<T1, T2, TResult>
            {
                protected Module(string name) : base(name) { }
                public abstract TResult forward(T1 input1, T2 input2);
                public TResult call(T1 input1, T2 input2)
                {
                    foreach (var hook in pre_hooks.Values) if (hook(this, input1, input2) is { } changed) (input1, input2) = changed;
                    var result = forward(input1, input2);
                    foreach (var hook in post_hooks.Values) if (hook(this, input1, input2, result) is { } changed) result = changed;
                    return result;
                }
            }

            public abstract class Module<T1, T2, T3, TResult> : HookableModule<Func<Module<T1, T2, T3, TResult>, T1, T2, T3, (T1, T2, T3)?>, Func<Module<T1, T2, T3, TResult>, T1, T2, T3, TResult, TResult>>, IModule<T1, T2, T3, TResult>
            {
                protected Module(string name) : base(name) { }
                public abstract TResult forward(T1 input1, T2 input2, T3 input3);
                public TResult call(T1 input1, T2 input2, T3 input3)
                {
                    foreach (var hook in pre_hooks.Values) if (hook(this, input1, input2, input3) is { } changed) (input1, input2, input3) = changed;
                    var result = forward(input1, input2, input3);
                    foreach (var hook in post_hooks.Values) if (hook(this, input1, input2, input3, result) is { } changed) result = changed;
                    return result;
                }
            }
        }
    }

    public static class FieldInfoExtensionMethods
    {
        public static string ComponentName(this FieldInfo field) => field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
    }

    public static class ModuleExtensionMethods
    {
        static T Moved<T>(T module, ScalarType? dtype, Device device) where T : Module { module.Move(dtype, device); return module; }
        public static T to<T>(this T module, ScalarType type, bool non_blocking = false) where T : Module => Moved(module, type, null);
        public static T to<T>(this T module, Device device, bool non_blocking = false) where T : Module => Moved(module, null, device);
        public static T to<T>(this T module, Device device, ScalarType type, bool non_blocking = false) where T : Module => Moved(module, type, device);
        public static T to<T>(this T module, string device, bool non_blocking = false) where T : Module => Moved(module, null, new Device(device));
        public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false) where T : Module => Moved(module, null, new Device(deviceType, deviceIndex));
        public static T to<T>(this T module, Tensor other, bool non_blocking = false) where T : Module => Moved(module, other.dtype, other.device);
        public static T cpu<T>(this T module, bool non_blocking = false) where T : Module => Moved(module, null, CPU);
        public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : Module => Moved(module, null, new Device(DeviceType.CUDA, deviceIndex));
        public static T half<T>(this T module, bool non_blocking = false) where T : Module => Moved(module, ScalarType.Float16, null);
        public static T bfloat16<T>(this T module, bool non_blocking = false) where T : Module => Moved(module, ScalarType.BFloat16, null);
        public static T @float<T>(this T module, bool non_blocking = false) where T : Module => Moved(module, ScalarType.Float32, null);
        public static T @double<T>(this T module, bool non_blocking = false) where T : Module => Moved(module, ScalarType.Float64, null);
    }
}

namespace TorchSharp.Utils
{
    public class ComponentNameAttribute : Attribute
    {
        public string Name { get; set; }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>A tensor that a module trains. It takes the handle of the tensor that it is made from.</summary>
    public class Parameter : Tensor
    {
        public Parameter(Tensor data, bool requires_grad = true) : base(Take(data)) => this.requires_grad = requires_grad;
        static nint Take(Tensor data) => data.DecoupleFromNativeHandle();
    }
}
