namespace TorchSharp;

/// <summary>What a scope may own: a tensor or another native thing that knows its scope.</summary>
internal interface IScoped : IDisposable
{
    DisposeScope OwningScope { get; set; }
    bool IsDisposed { get; }
    void Free();
}

/// <summary>Owns what is created while it is the innermost scope of its thread, and disposes it at its end.</summary>
public sealed class DisposeScope : IDisposable
{
    readonly DisposeScopeManager manager;
    HashSet<IDisposable> disposables = new(ReferenceEqualityComparer.Instance);
    bool disposed;

    void CheckAlive() { if (disposed) throw new ObjectDisposedException(GetType().FullName); }

    internal DisposeScope(DisposeScopeManager manager, DisposeScope outer) { this.manager = manager; OuterScope = outer; }

    internal DisposeScope OuterScope { get; private set; }
    public int DisposablesCount { get { CheckAlive(); return disposables.Count; } }
    public IReadOnlyList<IDisposable> DisposablesView { get { CheckAlive(); return disposables.ToArray(); } }
    public bool Contains(IDisposable disposable) => disposables.Contains(disposable);

    public T MoveToOuter<T>(T disposable) where T : IDisposable { MoveToOuter(new IDisposable[] { disposable }); return disposable; }
    public (T1, T2) MoveToOuter<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable { MoveToOuter(new IDisposable[] { first, second }); return (first, second); }
    public (T1, T2, T3) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third) where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
    { MoveToOuter(new IDisposable[] { first, second, third }); return (first, second, third); }
    public void MoveToOuter(params IDisposable[] disposables) => MoveToOuter((IEnumerable<IDisposable>)disposables);
    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    public T MoveToOther<T>(DisposeScope scope, T disposable) where T : IDisposable { MoveToOther(scope, new IDisposable[] { disposable }); return disposable; }
    public (T1, T2) MoveToOther<T1, T2>(DisposeScope scope, T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable { MoveToOther(scope, new IDisposable[] { first, second }); return (first, second); }
    public (T1, T2, T3) MoveToOther<T1, T2, T3>(DisposeScope scope, T1 first, T2 second, T3 third) where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
    { MoveToOther(scope, new IDisposable[] { first, second, third }); return (first, second, third); }
    public void MoveToOther(DisposeScope scope, params IDisposable[] disposables) => MoveToOther(scope, (IEnumerable<IDisposable>)disposables);
    public void MoveToOther(DisposeScope scope, IEnumerable<IDisposable> disposables)
    {
        CheckAlive();
        foreach (var d in disposables)
        {
            if (!this.disposables.Remove(d)) continue;
            if (scope == this) continue; // as the original: no longer freed by the scope, though it still names it as its owner
            if (scope is null) manager.Count(d).DetachedFromScopeCount++;
            else scope.disposables.Add(d);
            if (d is IScoped scoped) scoped.OwningScope = scope;
        }
    }

    public T Detach<T>(T disposable) where T : IDisposable { Detach(new IDisposable[] { disposable }); return disposable; }
    public (T1, T2) Detach<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable { Detach(new IDisposable[] { first, second }); return (first, second); }
    public (T1, T2, T3) Detach<T1, T2, T3>(T1 first, T2 second, T3 third) where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
    { Detach(new IDisposable[] { first, second, third }); return (first, second, third); }
    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);
    public void Detach(IEnumerable<IDisposable> disposables) => MoveToOther(null, disposables);

    public void Attach(IDisposable disposable) => Attach(new[] { disposable });
    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);
    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        CheckAlive();
        var list = disposables.ToList();
        foreach (var d in list)
        {
            if (d is IScoped scoped)
            {
                if (scoped.OwningScope == this) continue;
                if (scoped.OwningScope is { } owner) owner.disposables.Remove(d);
                else manager.Count(d).AttachedToScopeCount++;
                scoped.OwningScope = this;
            }
            this.disposables.Add(d);
        }
        return list;
    }

    public void DisposeEverything() => DisposeEverythingBut(Array.Empty<IDisposable>());
    public T DisposeEverythingBut<T>(T keep) where T : IDisposable { DisposeEverythingBut(new IDisposable[] { keep }); return keep; }
    public (T1, T2) DisposeEverythingBut<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable { DisposeEverythingBut(new IDisposable[] { first, second }); return (first, second); }
    public (T1, T2, T3) DisposeEverythingBut<T1, T2, T3>(T1 first, T2 second, T3 third) where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
    { DisposeEverythingBut(new IDisposable[] { first, second, third }); return (first, second, third); }
    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        CheckAlive();
        var old = disposables;
        disposables = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var d in old.Where(d => !disposables.Contains(d)))
        {
            if (d is not IScoped scoped) { d.Dispose(); continue; }
            scoped.OwningScope = null;
            if (!scoped.IsDisposed) manager.Count(d).DisposedInScopeCount++;
            scoped.Free();
        }
    }

    public void MarkAsDisposed(IDisposable disposable)
    {
        CheckAlive();
        disposables.Remove(disposable);
        manager.Count(disposable).DisposedInScopeCount++;
        if (disposable is IScoped scoped) scoped.OwningScope = null;
    }

    public void Dispose()
    {
        if (disposed) return;
        DisposeEverything();
        manager.Remove(this);
        disposed = true;
    }

    /// <summary>Called by what is created while this scope is the innermost one.</summary>
    internal void Add(IDisposable disposable) => disposables.Add(disposable);
}

/// <summary>The scopes of one thread.</summary>
public class DisposeScopeManager
{
    [ThreadStatic] static DisposeScopeManager current;
    readonly List<DisposeScope> scopes = new();
    readonly ThreadDisposeScopeStatistics statistics = new();

    internal static DisposeScopeManager Current => current ??= new DisposeScopeManager();
    public static ThreadDisposeScopeStatistics Statistics => Current.statistics;

    internal LifetimeStatistics StatisticsOfTensors => statistics.TensorStatistics;
    internal DisposeScope Innermost => scopes.Count == 0 ? null : scopes[^1];

    internal DisposeScope New()
    {
        var scope = new DisposeScope(this, Innermost);
        scopes.Add(scope);
        return scope;
    }

    internal void Remove(DisposeScope scope) => scopes.Remove(scope);

    internal DisposeScope Register(IDisposable disposable)
    {
        var scope = Innermost;
        if (scope is null) { statistics.TensorStatistics.CreatedOutsideScopeCount++; return null; }
        scope.Add(disposable);
        statistics.TensorStatistics.CreatedInScopeCount++;
        return scope;
    }
}

internal static class StatisticsExtensions
{
    /// <summary>Tensors are all that this stand-in counts.</summary>
    internal static LifetimeStatistics Count(this DisposeScopeManager manager, IDisposable disposable) => disposable is torch.Tensor ? manager.StatisticsOfTensors : new LifetimeStatistics();
}
