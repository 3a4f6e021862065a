using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Retort.Cli.Reports;

/// <summary>The page: one file with its data, style, program and plots inside, which asks nothing of the network.</summary>
internal static class ReportPage
{
    public static string Of(ReportData data)
    {
        var (d3, plot, program) = (Licensed("d3"), Licensed("plot"), Resource("report.js"));
        // nothing but these three programs runs, whatever a table holds
        var policy = $"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src {Hash(d3)} {Hash(plot)} {Hash(program)}";
        return Regex.Replace(Resource("report.html"), @"\{(\w+)\}", place => place.Groups[1].Value switch
        {
            "policy" => policy,
            "style" => Resource("report.css"),
            "d3" => d3,
            "plot" => plot,
            "program" => program,
            "title" => HtmlEncoder.Default.Encode($"{data.Label}: report of {data.Model}"),
            "data" => ReportJson.Of(data),
            var name => throw new InvalidOperationException($"The page's template must hold places that are known, but holds '{name}'."),
        });
    }

    private static string Licensed(string name) => $"/*! {Resource(name + ".license").Trim()} */\n{Resource(name + ".js")}";

    private static string Hash(string script) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'";

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"Resource '{name}' must be part of the program, but is not.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n"); // as a page has them when its scripts are hashed
    }
}
