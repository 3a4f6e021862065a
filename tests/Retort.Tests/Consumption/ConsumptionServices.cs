using System.Net.Http.Json;
using System.Text;

namespace Retort.Tests;

/// <summary>The projects of all cases, emitted and built once, with their web services running.</summary>
internal sealed class ConsumptionServices : IDisposable
{
    private static readonly Lazy<ConsumptionServices> s_shared = new(() => new());

    private readonly Cli _files = new();
    private readonly Dictionary<ConsumptionCase, ServiceProcess> _running = [];

    private ConsumptionServices()
    {
        foreach (var each in ConsumptionCase.All)
            Cli.Json("train", "--data", _files.File(each.Namespace + ".csv", each.Make(300, 1).Table), "--label", each.Label, "--task", each.Task, "--epochs", "3", "--emit", "project", "--out", _files[each.Namespace]);
        _files.File("All.slnx", ["<Solution>", .. ConsumptionCase.All.Select(each =>
            $"<Folder Name=\"/{each.Namespace}/\"><Project Path=\"{each.Namespace}/project/Console/Console.csproj\" /><Project Path=\"{each.Namespace}/project/Service/Service.csproj\" /></Folder>"), "</Solution>"]);
        var (code, output, _) = ChildProcess.Start("dotnet", "build", _files["All.slnx"], "--nologo", "-v", "q").GetAwaiter().GetResult();
        if (code != 0 || !output.Contains(" 0 Warning(s)", StringComparison.Ordinal))
            throw new InvalidOperationException($"Emitted projects must be built without a warning, but: {output}");
        foreach (var each in ConsumptionCase.All)
            _running[each] = new(Program(each, "Service"));
    }

    public static ConsumptionServices Shared => s_shared.Value;

    /// <summary>A file of the tests.</summary>
    public string this[string name] => _files[name];

    public HttpClient Client(ConsumptionCase of) => _running[of].Client;

    public string Model(ConsumptionCase of) => _files[$"{of.Namespace}/model.zip"];

    public string Project(ConsumptionCase of, string file) => _files[$"{of.Namespace}/project/{file}"];

    public string Program(ConsumptionCase of, string name) => Project(of, $"{name}/bin/Debug/net10.0/{of.Namespace}.{name}.dll");

    /// <summary>The answer to a body, and its status.</summary>
    public async Task<(int Status, string Text)> Post(ConsumptionCase of, string path, string body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, type) };
        request.Headers.ExpectContinue = true; // the service may refuse a body before it is sent
        using var response = await Client(of).SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<T> Ask<T>(ConsumptionCase of, string path, object body)
    {
        using var response = await Client(of).PostAsJsonAsync(path, body);
        Assert.AreEqual(200, (int)response.StatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<T>())!;
    }

    public void Dispose()
    {
        foreach (var service in _running.Values)
            service.Dispose();
        _files.Dispose();
    }

    public static void End()
    {
        if (s_shared.IsValueCreated)
            s_shared.Value.Dispose();
    }
}
