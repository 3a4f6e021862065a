namespace Retort;

/// <summary>What a part remembers from step to step: named tensors, of the run's device, that checkpoints keep.</summary>
public sealed class PartState : IDisposable
{
    private readonly SortedDictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>The tensor of a name. Setting takes a copy that lives as long as the state; null where none was set.</summary>
    /// <param name="name">Any text, the same in every run.</param>
    public Tensor? this[string name]
    {
        get => _tensors.GetValueOrDefault(name);
        set
        {
            var copy = Check.Given(value).detach().clone().DetachFromDisposeScope();
            if (_tensors.Remove(name, out var old))
                old.Dispose();
            _tensors[name] = copy;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
        _tensors.Clear();
    }

    internal void Write(BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        foreach (var tensor in _tensors.Values)
            writer.Write(Memory.Of<byte>(tensor.cpu().contiguous()));
    }

    /// <summary>Goes on where a state of the same names and shapes wrote itself.</summary>
    internal void Read(BinaryReader reader)
    {
        using var scope = NewDisposeScope();
        foreach (var tensor in _tensors.Values)
        {
            var here = empty_like(tensor, device: CPU);
            reader.BaseStream.ReadExactly(Memory.Of<byte>(here));
            tensor.copy_(here);
        }
    }
}
