using System.Text.Json;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace Retort.Tests;

/// <summary>Chromium without a window: one for all tests, started by the first that needs it.</summary>
/// <remarks>Where there is none a test is inconclusive, but on Linux as root it fails: <c>./test</c> installs one there.</remarks>
internal sealed class Browser : IDisposable
{
    private static Browser? s_shared;

    private Browser(string driver, string program)
    {
        var options = new ChromeOptions { BinaryLocation = program };
        options.AddArguments("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-device-scale-factor=1", "--window-size=1280,900", "--disable-background-networking", "--no-first-run");
        if (Environment.UserName == "root")
            options.AddArgument("--no-sandbox"); // Chromium's sandbox refuses root
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        options.SetLoggingPreference(LogType.Performance, LogLevel.All);
        var service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(driver)!, Path.GetFileName(driver));
        (service.SuppressInitialDiagnosticInformation, service.HideCommandPromptWindow) = (true, true);
        Driver = new ChromeDriver(service, options, TimeSpan.FromSeconds(60));
    }

    /// <summary>The browser; the test ends here where there is none.</summary>
    public static Browser Shared => s_shared ??= Start();

    /// <summary>Selenium's own, for clicking and typing.</summary>
    public ChromeDriver Driver { get; }

    /// <summary>Opens an address, and forgets what earlier pages said and asked for.</summary>
    public void Open(string address)
    {
        Driver.Navigate().GoToUrl("about:blank");
        _ = Said();
        _ = Asked();
        Driver.Navigate().GoToUrl(address);
    }

    /// <summary>Opens a file.</summary>
    public void OpenFile(string path) => Open(new Uri(Path.GetFullPath(path)).AbsoluteUri);

    /// <summary>What the page has said on its console since this was last asked, warnings and errors.</summary>
    public IReadOnlyList<string> Said() => [.. Driver.Manage().Logs.GetLog(LogType.Browser).Where(line => line.Level >= LogLevel.Warning).Select(line => line.Message)];

    /// <summary>The addresses that the page has asked for since this was last asked, its own included.</summary>
    public IReadOnlyList<string> Asked() => [.. Driver.Manage().Logs.GetLog(LogType.Performance)
        .Select(line => JsonDocument.Parse(line.Message).RootElement.GetProperty("message"))
        .Where(message => message.GetProperty("method").GetString() == "Network.requestWillBeSent")
        .Select(message => message.GetProperty("params").GetProperty("request").GetProperty("url").GetString()!)];

    /// <summary>The result of a script's <c>return</c>.</summary>
    public T Run<T>(string script, params object[] arguments) => (T)Driver.ExecuteScript(script, arguments)!;

    /// <summary>What the page is told of the reader: <c>screen</c> or <c>print</c>, and light or dark.</summary>
    public void Emulate(string medium = "screen", bool dark = false) => Driver.ExecuteCdpCommand("Emulation.setEmulatedMedia", new()
    {
        ["media"] = medium,
        ["features"] = new object[] { new Dictionary<string, object> { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" } },
    });

    /// <summary>Makes the page as wide and high, as on that screen.</summary>
    public void Resize(int width, int height) => Driver.ExecuteCdpCommand("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = false });

    /// <summary>A picture (PNG) of the whole page, or of its top.</summary>
    public byte[] Picture(int width = 1280, int? height = null)
    {
        Resize(width, height ?? 900);
        var whole = height ?? Run<long>("return document.documentElement.scrollHeight");
        var clip = new Dictionary<string, object> { ["x"] = 0, ["y"] = 0, ["width"] = width, ["height"] = whole, ["scale"] = 1 };
        var answer = (Dictionary<string, object>)Driver.ExecuteCdpCommand("Page.captureScreenshot", new() { ["format"] = "png", ["captureBeyondViewport"] = true, ["clip"] = clip })!;
        return Convert.FromBase64String((string)answer["data"]);
    }

    public void Dispose() => Driver.Quit();

    /// <summary>Ends the browser where one was started.</summary>
    public static void End()
    {
        s_shared?.Dispose();
        s_shared = null;
    }

    private static Browser Start()
    {
        if (OnPath("chromedriver") is { } driver && ((string[])["chromium", "chromium-browser", "google-chrome", "chrome"]).Select(OnPath).FirstOrDefault(found => found is not null) is { } program)
            return new(driver, program);
        const string Missing = "Chromium and chromedriver must be on the PATH to try pages, but are not (on Debian: apt-get install chromium chromium-driver).";
        if (OperatingSystem.IsLinux() && Environment.UserName == "root")
            Assert.Fail(Missing);
        Assert.Inconclusive(Missing);
        throw new InvalidOperationException(Missing);
    }

    private static string? OnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)).FirstOrDefault(File.Exists);
}
