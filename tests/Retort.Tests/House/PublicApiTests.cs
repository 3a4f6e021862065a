using System.Reflection;
using System.Runtime.Loader;

namespace Retort.Tests;

/// <summary>What the packages show to others changes only on purpose: PublicApi.txt beside each package's project holds it.</summary>
[TestClass]
public sealed class PublicApiTests
{
    // a package, and the assemblies in it
    private static readonly (string Package, string[] Assemblies)[] s_packages = [("Retort", ["Retort.Core", "Retort.Transformers", "Retort"]), ("Retort.AutoML", ["Retort.AutoML"])];

    [TestMethod]
    public void The_public_surface_is_that_of_PublicApi()
    {
        foreach (var (package, assemblies) in s_packages)
            Accepted.Holds(Repository.Path("estimators", package, "PublicApi.txt"), ApiText.Of([.. assemblies.Select(name => Assembly.Load(name))]), nameof(PublicApiTests));
    }

    [TestMethod]
    public void Both_frameworks_have_the_same_surface()
    {
        foreach (var (package, assemblies) in s_packages)
        {
            var folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", package, "release_net8.0"));
            if (!File.Exists(Path.Combine(folder, package + ".dll")))
                Assert.Inconclusive($"{folder} was not built.");
            // ours from that folder, all others as they are here
            var context = new AssemblyLoadContext(package, isCollectible: true);
            context.Resolving += (_, name) => File.Exists(Path.Combine(folder, name.Name + ".dll")) && name.Name!.StartsWith("Retort", StringComparison.Ordinal) ? context.LoadFromAssemblyPath(Path.Combine(folder, name.Name + ".dll")) : null;
            var old = ApiText.Of([.. assemblies.Select(name => context.LoadFromAssemblyPath(Path.Combine(folder, name + ".dll")))]);
            Assert.AreEqual(ApiText.Of([.. assemblies.Select(name => Assembly.Load(name))]), old);
            context.Unload();
        }
    }

    [TestMethod]
    public void Every_public_type_lives_in_the_one_namespace()
    {
        foreach (var type in s_packages.SelectMany(p => p.Assemblies).SelectMany(name => Assembly.Load(name).GetExportedTypes()))
            Assert.AreEqual("Retort", type.Namespace, type.FullName);
    }
}
