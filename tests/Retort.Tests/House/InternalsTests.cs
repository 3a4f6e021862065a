using System.Reflection;

namespace Retort.Tests;

/// <summary>What we take from ML.NET's internals is what the original has there.</summary>
[TestClass]
public sealed class InternalsTests
{
    [TestMethod]
    public void Every_internal_member_that_is_touched_is_one_of_the_original()
    {
        var listed = Listed();
        var module = Assembly.Load("Retort.Transformers").ManifestModule;
        var touched = Members(module)
            .Where(m => (m.DeclaringType?.Assembly ?? m.Module.Assembly).GetName().Name!.StartsWith("Microsoft.ML", StringComparison.Ordinal))
            .Where(m => !Public(m))
            .Select(Line).Distinct().Order().ToArray();

        Assert.AreNotEqual(0, touched.Length);
        var unknown = touched.Where(line => !listed.Contains(line)).ToArray();
        Assert.AreEqual(0, unknown.Length, "Not in internals.txt: " + string.Join("; ", unknown));
    }

    private static IEnumerable<MemberInfo> Members(Module module)
    {
        for (var table = 0; table < 2; table++) // type references, member references
            for (var row = 1; ; row++)
            {
                MemberInfo? member;
                try { member = Resolve(module, (table == 0 ? 0x01000000 : 0x0A000000) + row); }
                catch (ArgumentOutOfRangeException) { break; }
                if (member is not null)
                    yield return member;
            }
    }

    // Members of open generic types need arguments, whichever their constraints allow.
    private static MemberInfo? Resolve(Module module, int token)
    {
        foreach (var argument in new[] { typeof(int), typeof(float) })
            try { return module.ResolveMember(token, [.. Enumerable.Repeat(argument, 4)], [.. Enumerable.Repeat(argument, 4)]); }
            catch (Exception exception) when (exception is not ArgumentOutOfRangeException) { }
        return module.ResolveMember(token, [.. Enumerable.Repeat(typeof(object), 4)], [.. Enumerable.Repeat(typeof(object), 4)]);
    }

    private static bool Public(MemberInfo member) => member switch
    {
        Type type => type.IsVisible,
        MethodBase m => m.DeclaringType!.IsVisible && (m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly),
        FieldInfo f => f.DeclaringType!.IsVisible && (f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly),
        _ => true,
    };

    // a type by its full name, a member by type, name and number of parameters
    private static string Line(MemberInfo member) => member switch
    {
        Type type => Plain(type),
        MethodBase { IsConstructor: true } c => $"{Plain(c.DeclaringType!)} ctor {c.GetParameters().Length}",
        MethodInfo { IsSpecialName: true } p => $"{Plain(p.DeclaringType!)} {p.Name[4..]}",
        MethodBase m => $"{Plain(m.DeclaringType!)} {m.Name} {m.GetParameters().Length}",
        _ => $"{Plain(member.DeclaringType!)} {member.Name}",
    };

    private static string Plain(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Split('`')[0].Replace('+', '.');

    private static HashSet<string> Listed()
    {
        var lines = new HashSet<string>();
        var type = "";
        foreach (var line in File.ReadLines(Repository.Path("nuget", "offline", "api", "internals.txt")).Where(l => l.Length > 0 && l[0] != '#'))
            if (line[0] != ' ')
                lines.Add(type = line.Split(" : ")[0].Split('<')[0].Split(' ')[^1]);
            else if (line.IndexOf('(', StringComparison.Ordinal) is var open and > 0)
            {
                var name = line[..open].Split(' ')[^1].Split('<')[0];
                var arguments = line[(open + 1)..line.LastIndexOf(')')];
                lines.Add($"{type} {name} {Count(arguments)}");
            }
            else
                lines.Add($"{type} {line.Split(" = ")[0].Split(" {")[0].Trim().Split(' ')[^1]}");
        return lines;
    }

    private static int Count(string arguments)
    {
        var (depth, count) = (0, arguments.Length == 0 ? 0 : 1);
        foreach (var c in arguments)
        {
            depth += c is '<' or '[' or '(' ? 1 : c is '>' or ']' or ')' ? -1 : 0;
            count += c == ',' && depth == 0 ? 1 : 0;
        }

        return count;
    }
}
