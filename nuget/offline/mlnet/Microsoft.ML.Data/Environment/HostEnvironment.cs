using System.Diagnostics;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// The root of all hosts of one MLContext: what they share, and the listener of their messages.
internal sealed class LocalEnvironment : HostEnvironment
{
    private readonly Dictionary<string, object> _options = [];

    public LocalEnvironment(int? seed = null) : base(null, "", seed is { } value ? new Random(value) : new Random()) => RootSeed = seed;

    public int? RootSeed { get; }

    public string RootTempFilePath { get; set; } = Path.GetTempPath();

    public bool RootFallbackToCpu { get; set; }

    public int? RootGpuDeviceId { get; set; }

    public ComponentCatalog RootCatalog { get; } = new();

    public Action<ChannelMessage, string> Listener { get; set; }

    public Dictionary<string, object> Options => _options;
}

internal sealed class Host(HostEnvironment parent, string name, Random rand) : HostEnvironment(parent, name, rand), IHost
{
    Random IHost.Rand => Rand;
}

internal abstract class HostEnvironment : IHostEnvironmentInternal, ICancelable
{
    private readonly HostEnvironment _parent;
    private volatile bool _canceled;

    private protected HostEnvironment(HostEnvironment parent, string name, Random rand)
    {
        (_parent, Rand) = (parent, rand);
        Root = parent?.Root ?? (LocalEnvironment)this;
        Name = name;
    }

    private protected Random Rand { get; }

    private protected LocalEnvironment Root { get; }

    public string Name { get; }

    public string ContextDescription => "HostEnvironment";

    public ComponentCatalog ComponentCatalog => Root.RootCatalog;

    public int? Seed => Root.RootSeed;

    public string TempFilePath { get => Root.RootTempFilePath; set => Root.RootTempFilePath = value; }

    public bool FallbackToCpu { get => Root.RootFallbackToCpu; set => Root.RootFallbackToCpu = value; }

    public int? GpuDeviceId { get => Root.RootGpuDeviceId; set => Root.RootGpuDeviceId = value; }

    public bool IsCanceled => _canceled || _parent is { IsCanceled: true };

    public void CancelExecution() => _canceled = true;

    public TException Process<TException>(TException ex) where TException : Exception => ex;

    /// A child host. Its generator follows from its seed, or from this host's generator, which moves with every child.
    public IHost Register(string name, int? seed = null, bool? verbose = null)
    {
        Contracts.CheckNonEmpty(name, nameof(name));
        if (seed is { } value) return new Host(this, name, new Random(value));
        lock (Rand) return new Host(this, name, new Random(Rand.Next()));
    }

    public IChannel Start(string name) => new Channel(this, name);

    public IPipe<TMessage> StartPipe<TMessage>(string name) => new SilentPipe<TMessage>(this);

    public IProgressChannel StartProgressChannel(string name) => new SilentProgress();

    public bool TryAddOption<T>(string name, T value) { lock (Root.Options) return Root.Options.TryAdd(name, value); }

    public void SetOption<T>(string name, T value) { lock (Root.Options) Root.Options[name] = value; }

    public bool TryGetOption<T>(string name, out T value)
    {
        lock (Root.Options)
        {
            var found = Root.Options.TryGetValue(name, out var item);
            value = found ? (T)item : default;
            return found;
        }
    }

    public T GetOptionOrDefault<T>(string name) => TryGetOption<T>(name, out var value) ? value : default;

    public bool RemoveOption(string name) { lock (Root.Options) return Root.Options.Remove(name); }

    private sealed class Channel : IChannel
    {
        private readonly HostEnvironment _host;
        private readonly string _source;
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private bool _disposed;

        public Channel(HostEnvironment host, string name)
        {
            _host = host;
            _source = host.Name.Length == 0 ? name : $"{host.Name}; {name}";
            Say(ChannelMessageKind.Trace, MessageSensitivity.None, "Channel started");
        }

        public string ContextDescription => _source;

        public TException Process<TException>(TException ex) where TException : Exception => ex;

        public void Send(ChannelMessage msg) => _host.Root.Listener?.Invoke(msg, _source);

        public void Trace(MessageSensitivity sensitivity, string fmt) => Say(ChannelMessageKind.Trace, sensitivity, fmt);

        public void Trace(MessageSensitivity sensitivity, string fmt, params object[] args) => Say(ChannelMessageKind.Trace, sensitivity, fmt, args);

        public void Info(MessageSensitivity sensitivity, string fmt) => Say(ChannelMessageKind.Info, sensitivity, fmt);

        public void Info(MessageSensitivity sensitivity, string fmt, params object[] args) => Say(ChannelMessageKind.Info, sensitivity, fmt, args);

        public void Warning(MessageSensitivity sensitivity, string fmt) => Say(ChannelMessageKind.Warning, sensitivity, fmt);

        public void Warning(MessageSensitivity sensitivity, string fmt, params object[] args) => Say(ChannelMessageKind.Warning, sensitivity, fmt, args);

        public void Error(MessageSensitivity sensitivity, string fmt) => Say(ChannelMessageKind.Error, sensitivity, fmt);

        public void Error(MessageSensitivity sensitivity, string fmt, params object[] args) => Say(ChannelMessageKind.Error, sensitivity, fmt, args);

        private void Say(ChannelMessageKind kind, MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new ChannelMessage(kind, sensitivity, fmt, args));

        public void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            Say(ChannelMessageKind.Trace, MessageSensitivity.None, $"Channel finished. Elapsed {_watch.Elapsed:c}.");
            Say(ChannelMessageKind.Trace, MessageSensitivity.None, "Channel disposed");
        }
    }

    private sealed class SilentPipe<TMessage>(HostEnvironment host) : IPipe<TMessage>
    {
        public string ContextDescription => host.ContextDescription;

        public TException Process<TException>(TException ex) where TException : Exception => ex;

        public void Send(TMessage msg) { }

        public void Dispose() { }
    }

    /// Progress goes nowhere: MLContext.Log never sees it.
    private sealed class SilentProgress : IProgressChannel
    {
        public void SetHeader(ProgressHeader header, Action<IProgressEntry> fillAction) { }

        public void Checkpoint(params double?[] values) { }

        public IProgressChannel StartProgressChannel(string name) => new SilentProgress();

        public void Dispose() { }
    }
}
