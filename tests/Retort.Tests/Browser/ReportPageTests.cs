namespace Retort.Tests;

/// <summary>The report as a browser shows it.</summary>
[TestClass]
public sealed class ReportPageTests
{
    public static IEnumerable<object[]> Pages => ReportPages.All.Select(name => new object[] { name });

    [TestMethod, DynamicData(nameof(Pages))]
    public void It_draws_itself_without_an_error_and_without_the_network(string name)
    {
        var browser = Opened(name);
        Assert.AreEqual("", string.Join('\n', browser.Said()));
        Assert.AreEqual("yes", browser.Run<string>("return document.documentElement.dataset.drawn"));
        var asked = browser.Asked().Where(address => !address.StartsWith("data:", StringComparison.Ordinal)).ToArray();
        Assert.AreEqual(1, asked.Length, string.Join('\n', asked));

        var empty = browser.Run<string>("""
            const shapes = svg => [...svg.querySelectorAll('circle, rect, path, line')].filter(shape => !shape.closest('g[aria-label*=tick], g[aria-label*=axis], g[aria-label*=grid], clipPath, g[aria-label=tip]')).length;
            return [...document.querySelectorAll('svg.picture')].filter(svg => shapes(svg) < 2).map(svg => svg.getAttribute('aria-label')).join('; ');
            """);
        Assert.AreEqual("", empty, "pictures without marks");
        Assert.IsTrue(browser.Run<long>("return document.querySelectorAll('svg.picture').length") >= 4);
        Assert.IsTrue(new FileInfo(ReportPages.Of(name)).Length < 1_000_000);
    }

    [TestMethod]
    public void It_shows_what_each_model_has()
    {
        foreach (var (name, sections) in new[]
        {
            ("hostile", "data model learning classes curves reliability groups path importance speed use again"),
            ("binary", "data model learning classes curves reliability importance teacher speed use again"),
            ("regression", "data model learning values groups importance speed use again"),
            ("sweep", "data model classes curves reliability sweep importance speed use again"),
        })
        {
            var browser = Opened(name);
            Assert.AreEqual(sections, browser.Run<string>("return [...document.querySelectorAll('main > section')].map(section => section.id).join(' ')"), name);
            Assert.AreEqual(sections, browser.Run<string>("return [...document.querySelectorAll('nav a')].map(link => link.hash.slice(1)).join(' ')"), name);
            Assert.AreEqual("", browser.Run<string>("return [...document.querySelectorAll('.warnings li')].map(line => line.textContent).join('; ')"), name);
        }
    }

    [TestMethod, DynamicData(nameof(Pages))]
    public void A_screen_reader_finds_its_way(string name)
    {
        var browser = Opened(name);
        Assert.AreEqual("en", browser.Run<string>("return document.documentElement.lang"));
        Assert.AreEqual("", browser.Run<string>("""
            const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(heading => +heading.tagName[1]);
            return levels.filter((level, i) => i === 0 ? level !== 1 : level > levels[i - 1] + 1 || level === 1).join(' ');
            """), "headings out of order");
        Assert.AreEqual(4, browser.Run<long>("return ['header', 'nav', 'main', 'footer'].filter(landmark => document.querySelectorAll(landmark).length === 1).length"));
        Assert.AreEqual("", browser.Run<string>("""
            return [...document.querySelectorAll('svg')].filter(svg => svg.getAttribute('role') !== 'img' || !svg.getAttribute('aria-label') || (svg.classList.contains('picture') && !svg.closest('figure')?.querySelector('figcaption')?.textContent))
              .map(svg => svg.outerHTML.slice(0, 80)).join('; ');
            """), "pictures without words");
        Assert.AreEqual(0, browser.Run<long>("return document.querySelectorAll('th:not([scope]), table tbody tr > :first-child:not(th)').length"), "cells without heads");
        Assert.AreEqual("", browser.Run<string>("const ids = [...document.querySelectorAll('[id]')].map(element => element.id); return ids.filter((id, i) => ids.indexOf(id) !== i).join(' ')"));
    }

    [TestMethod]
    [DataRow("hostile", false)]
    [DataRow("hostile", true)]
    [DataRow("regression", false)]
    [DataRow("regression", true)]
    [DataRow("sweep", true)]
    public void Every_text_stands_out_from_its_background(string name, bool dark)
    {
        var browser = Opened(name, dark);
        Assert.AreEqual(dark, browser.Run<bool>("return matchMedia('(prefers-color-scheme: dark)').matches"));
        Assert.AreEqual("", browser.Run<string>("""
            document.querySelectorAll('details').forEach(one => { one.open = true; });
            const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
            const rgba = colour => { context.clearRect(0, 0, 1, 1); context.fillStyle = colour; context.fillRect(0, 0, 1, 1); return [...context.getImageData(0, 0, 1, 1).data].map(part => part / 255); };
            const over = (top, bottom) => [0, 1, 2].map(i => top[i] * top[3] + bottom[i] * (1 - top[3])).concat(1);
            const background = element => { const above = []; for (let own = element; own; own = own.parentElement) above.push(rgba(getComputedStyle(own).backgroundColor)); return above.reverse().reduce((bottom, top) => over(top, bottom), [1, 1, 1, 1]); };
            const light = colour => colour.slice(0, 3).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4).reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const weak = new Set();
            let seen = 0;
            while (walker.nextNode()) {
              const element = walker.currentNode.parentElement;
              if (!walker.currentNode.textContent.trim() || element.closest('script, style, noscript, .skip') || element.getClientRects().length === 0) continue;
              seen++;
              const style = getComputedStyle(element), behind = background(element);
              const own = over(rgba(element instanceof SVGElement ? style.fill : style.color), behind);
              const [high, low] = [light(own), light(behind)].sort((a, b) => b - a);
              const ratio = (high + 0.05) / (low + 0.05);
              if (ratio < 4.5) weak.add(`${element.tagName} '${walker.currentNode.textContent.slice(0, 30)}' ${ratio.toFixed(2)}`);
            }
            return seen < 100 ? `only ${seen} texts` : [...weak].slice(0, 10).join('; ');
            """));
    }

    [TestMethod]
    [DataRow("hostile", 390)]
    [DataRow("binary", 390)]
    [DataRow("regression", 1280)]
    [DataRow("sweep", 390)]
    public void It_fits_screens_of_every_width(string name, int width)
    {
        var browser = Opened(name, width: width);
        Assert.AreEqual("", Beyond(browser, "main *, header *, footer *", "own.closest('.scroll, pre, svg')"), "beyond the edge");
    }

    [TestMethod, DynamicData(nameof(Pages))]
    public void Nothing_is_cut_off_in_print(string name)
    {
        var browser = Opened(name, width: 703); // A4 less its margins
        browser.Emulate("print");
        browser.Run<object?>("document.querySelectorAll('details').forEach(one => { one.open = true; }); return null");
        Assert.AreEqual("", Beyond(browser, "main *, header *, footer *", "own.closest('svg')"), "beyond the edge");
        Assert.AreEqual("", browser.Run<string>("return [...document.querySelectorAll('.scroll, pre')].filter(own => own.scrollWidth > own.clientWidth + 1 || (own.scrollHeight > own.clientHeight + 1 && getComputedStyle(own).overflowY !== 'visible')).map(own => own.getAttribute('aria-label')).join('; ')"), "hidden in print");
        Assert.AreEqual("rgb(255, 255, 255)", browser.Run<string>("return getComputedStyle(document.body).backgroundColor"));
    }

    [TestMethod]
    public void Names_and_classes_of_a_table_are_text_and_nothing_else()
    {
        var browser = Opened("hostile");
        Assert.AreEqual($"{ReportPages.Hostile}: report of model.zip", browser.Driver.Title);
        Assert.AreEqual(0, browser.Run<long>("return document.querySelectorAll('main b, header b, img').length"));
        Assert.AreEqual(4, browser.Run<long>("return document.scripts.length"));
        StringAssert.Contains(browser.Run<string>("return document.querySelector('h1').textContent"), ReportPages.Hostile);
        var text = browser.Run<string>("return document.querySelector('main').textContent");
        foreach (var name in (string[])[ReportPages.Quoted, ReportPages.Comment, ReportPages.Picture])
            StringAssert.Contains(text, name);
    }

    [TestMethod]
    public void A_long_table_opens_and_closes()
    {
        var browser = Opened("binary");
        Assert.AreEqual("30 false 15", browser.Run<string>("""
            const table = document.querySelector('#data table[class], #data .scroll table');
            const all = [...document.querySelectorAll('#data table')].find(one => one.tBodies.length === 2), button = all.closest('div:not(.scroll)').querySelector('button');
            button.click();
            const shown = [...all.rows].filter(row => row.getClientRects().length > 0).length - 1;
            const isHidden = all.tBodies[1].hidden;
            button.click();
            return `${shown} ${isHidden} ${[...all.rows].filter(row => row.getClientRects().length > 0).length - 1}`;
            """));
    }

    private static Browser Opened(string name, bool dark = false, int width = 1280)
    {
        var browser = Browser.Shared;
        browser.Emulate(dark: dark);
        browser.Resize(width, 900);
        browser.OpenFile(ReportPages.Of(name));
        return browser;
    }

    private static string Beyond(Browser browser, string elements, string except) => browser.Run<string>($$"""
        const width = document.documentElement.clientWidth;
        return [...document.querySelectorAll('{{elements}}')].filter(own => !({{except}}) && own.getBoundingClientRect().right > width + 1).slice(0, 5).map(own => `${own.tagName}.${own.className} ${Math.round(own.getBoundingClientRect().right)} '${own.textContent.slice(0, 40)}'`).join('; ');
        """);
}
