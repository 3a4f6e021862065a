namespace Retort.Tests;

/// <summary>That the browser tells tests what they rely on.</summary>
[TestClass]
public sealed class BrowserTests
{
    [AssemblyCleanup]
    public static void End()
    {
        Browser.End();
        ReportPages.Remove();
    }

    [TestMethod]
    public void It_hears_what_a_page_says_and_asks_for()
    {
        using var files = new Cli();
        var page = files.File("page.html", "<!doctype html><title>A page</title><p>Some text</p><img src='absent.png'><script>console.error('An error')</script>");
        var browser = Browser.Shared;
        browser.OpenFile(page);
        Assert.AreEqual("A page", browser.Driver.Title);
        Assert.AreEqual("Some text", browser.Run<string>("return document.querySelector('p').textContent"));
        Assert.IsTrue(browser.Said().Any(line => line.Contains("An error", StringComparison.Ordinal)));
        Assert.IsTrue(browser.Asked().Any(address => address.EndsWith("absent.png", StringComparison.Ordinal)));

        browser.OpenFile(files.File("quiet.html", "<!doctype html><title>Quiet</title><link rel=icon href='data:,'>"));
        Assert.AreEqual(0, browser.Said().Count);
        Assert.AreEqual(1, browser.Asked().Count(address => !address.StartsWith("data:", StringComparison.Ordinal)));
    }
}
