using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Retort.Bench;

/// <summary>Requests a second of the web service that <c>--emit project</c> writes, each with one row, from several connections that ask again as soon as they are answered.</summary>
internal static class ServeLoad
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3);

    public static void Run(string folder, string data, TimeSpan time)
    {
        var service = Path.Combine(folder, "project", "Service");
        Programs.Run("dotnet", "build", service, "-c", "Release", "--nologo", "-v", "q");
        var program = Directory.GetFiles(Path.Combine(service, "bin", "Release", "net10.0"), "*.Service.dll").Single();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true })!;
        try
        {
            const string Said = "Now listening on: ";
            string? line;
            do
                line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The service must listen, but has ended.");
            while (!line.Contains(Said, StringComparison.Ordinal));
            _ = process.StandardOutput.ReadToEndAsync(); // a full pipe would stop it
            var address = new Uri(new Uri(line[(line.IndexOf(Said, StringComparison.Ordinal) + Said.Length)..]), "predict");
            var bodies = Bodies(data);
            foreach (var connections in (int[])[1, 8, 64])
                Load(address, bodies, connections, time);
            process.Refresh();
            Figures.Print($"serve memory peakMiB={process.PeakWorkingSet64 >> 20}");
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private static void Load(Uri address, byte[][] bodies, int connections, TimeSpan time)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false });
        var clock = Stopwatch.StartNew();
        var all = Task.WhenAll(Enumerable.Range(0, connections).Select(number => Task.Run(() => Ask(number)))).GetAwaiter().GetResult();
        var sorted = all.SelectMany(each => each).Order().ToArray();
        Figures.Print($"serve http connections={connections} requestsPerSecond={sorted.Length / time.TotalSeconds:F0} p50={sorted[sorted.Length / 2]:F2} p99={sorted[sorted.Length * 99 / 100]:F2} unit=ms seconds={time.TotalSeconds:F0}");

        async Task<List<double>> Ask(int number)
        {
            var times = new List<double>();
            for (var i = number; clock.Elapsed < s_warmUp + time; i += 7)
            {
                using var content = new ByteArrayContent(bodies[i % bodies.Length]) { Headers = { ContentType = new("application/json") } };
                var start = Stopwatch.GetTimestamp();
                using var response = await client.PostAsync(address, content);
                var answer = await response.Content.ReadAsByteArrayAsync();
                var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (!response.IsSuccessStatusCode)
                    throw new InvalidOperationException($"The service must answer, but says {(int)response.StatusCode}: {Encoding.UTF8.GetString(answer)}");
                if (clock.Elapsed >= s_warmUp)
                    times.Add(took);
            }

            return times;
        }
    }

    /// <summary>Rows of the table as the service takes them; text where a value is no number.</summary>
    private static byte[][] Bodies(string data)
    {
        var lines = File.ReadLines(data).Take(1001).Select(line => line.Split(',')).ToArray();
        return [.. lines.Skip(1).Select(cells => Encoding.UTF8.GetBytes(new JsonObject(lines[0].Zip(cells)
            .Where(pair => pair.First != "two_year_recid")
            .Select(pair => KeyValuePair.Create(pair.First, (JsonNode?)(float.TryParse(pair.Second, System.Globalization.CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(pair.Second))))).ToJsonString()))];
    }
}
