//! The report in a real browser. These tests need Chromium; `.ci/run` runs them where it is, and says so
//! where it is not.

mod driver;

use std::path::{Path, PathBuf};

use driver::{Browser, chromium};
use serde_json::{Value, json};
use throughline::report;

use crate::report::content::published;
use crate::report::scorecard::with_card;

/// Runs a check on the fabricated report and on the sample, in a window of a size.
fn in_browser(size: (u32, u32), mut check: impl FnMut(&mut Browser, &[Value], &Path)) {
    let program = chromium().expect("Chromium is there: see .ci/run");
    let mut browser = Browser::start(&program);
    let folder = tempfile::tempdir().expect("a folder");
    let made = folder.path().join("report");
    report::write(&with_card(published()), &made).expect("a report");
    let pages: [PathBuf; 2] = [made.join("index.html"), sample(folder.path())];
    for page in pages {
        let events = browser.open(&page, size);
        check(&mut browser, &events, &page);
    }
}

/// The sample report in today's style: a scorecard of ten objectives and seven organisations.
fn sample(folder: &Path) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect("a file");
    let page = read("reports/sample/index.html");
    let (before, rest) = page.split_once("<style>").expect("a page has its style");
    let (_, after) = rest.split_once("</style>").expect("which ends");
    let path = folder.join("index.html");
    let page = format!("{before}<style>{}</style>{after}", read("src/report/style.css"));
    std::fs::write(&path, page).expect("a file");
    path
}

fn of<'e>(events: &'e [Value], method: &'static str) -> impl Iterator<Item = &'e Value> {
    events.iter().filter(move |event| event["method"] == method)
}

const WIDE: (u32, u32) = (1280, 900);
const NARROW: (u32, u32) = (360, 740);

#[test]
#[ignore = "needs Chromium"]
fn no_request_leaves_the_page_and_nothing_goes_wrong_on_it() {
    in_browser(WIDE, |_, events, page| {
        let asked: Vec<&str> = of(events, "Network.requestWillBeSent")
            .filter_map(|event| event["params"]["request"]["url"].as_str())
            .filter(|url| !url.ends_with("index.html") && !url.starts_with("data:"))
            .collect();
        assert!(asked.is_empty(), "{}: {asked:?}", page.display());
        assert!(of(events, "Network.requestWillBeSent").count() > 0, "requests are seen");
        for method in ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"] {
            let said: Vec<&Value> = of(events, method).collect();
            assert!(said.is_empty(), "{}: {said:?}", page.display());
        }
    });
}

/// Whatever is wider than the window can be scrolled by itself.
const TOO_WIDE: &str = "(() => {
  const scrolls = e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX);
  const inside = e => { for (let up = e.parentElement; up; up = up.parentElement) if (scrolls(up)) return true; return false; };
  const wide = [...document.body.querySelectorAll('*')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && box.right > document.documentElement.clientWidth + 1 && !inside(e);
  });
  return { page: document.scrollingElement.scrollWidth - document.documentElement.clientWidth, wide: wide.slice(0, 5).map(e => e.outerHTML.slice(0, 120)) };
})()";

#[test]
#[ignore = "needs Chromium"]
fn nothing_is_wider_than_a_narrow_window() {
    for size in [NARROW, WIDE] {
        in_browser(size, |browser, _, page| {
            let open = "document.querySelectorAll('details').forEach(one => { one.open = true; })";
            browser.run(open);
            let found = browser.run(TOO_WIDE);
            assert_eq!(found["wide"], json!([]), "{} {size:?}", page.display());
            assert_eq!(found["page"], 0, "{} {size:?}", page.display());
        });
    }
}

const WATCH: &str = "(() => {
  document.querySelectorAll('details').forEach(one => { one.open = true; });
  window.wanted = [...document.querySelectorAll('a[href], button, summary, input, select, [tabindex]')]
    .filter(one => one.tabIndex >= 0 && one.getClientRects().length > 0);
  window.reached = new Set();
  document.addEventListener('focusin', event => window.reached.add(event.target));
  return window.wanted.length;
})()";
const MISSED: &str = "window.wanted.filter(one => !window.reached.has(one)).slice(0, 5).map(one => one.outerHTML.slice(0, 120))";

#[test]
#[ignore = "needs Chromium"]
fn the_keyboard_reaches_every_link_and_control() {
    in_browser(WIDE, |browser, _, page| {
        let wanted = browser.run(WATCH).as_u64().expect("a number");
        assert!(wanted > 20, "{}: {wanted} links and controls", page.display());
        for _ in 0..wanted + 5 {
            browser.tab();
        }
        assert_eq!(browser.run(MISSED), json!([]), "{}", page.display());
    });
}

/// What a screen reader is told: links, controls, pictures and tables have names.
#[test]
#[ignore = "needs Chromium"]
fn everything_has_a_name_for_a_screen_reader() {
    in_browser(WIDE, |browser, _, page| {
        browser.run("document.querySelectorAll('details').forEach(one => { one.open = true; })");
        let tree = browser.ask("Accessibility.getFullAXTree", &json!({}));
        let mut seen = 0;
        for node in tree["nodes"].as_array().expect("nodes") {
            let role = node["role"]["value"].as_str().unwrap_or_default();
            let is_asked = [
                "link",
                "button",
                "image",
                "img",
                "table",
                "region",
                "heading",
                "DisclosureTriangle",
            ];
            if node["ignored"] == true || !is_asked.contains(&role) {
                continue;
            }
            let name = node["name"]["value"].as_str().unwrap_or_default();
            assert!(!name.trim().is_empty(), "{}: {role} {node}", page.display());
            seen += 1;
        }
        assert!(seen > 100, "{}: {seen} things with a name", page.display());
    });
}

#[test]
#[ignore = "needs Chromium"]
fn the_scorecard_is_printed_on_one_page() {
    in_browser(WIDE, |browser, _, page| {
        let whole = browser.printed_pages();
        assert!(whole > 1, "{}: {whole} pages", page.display());
        // Not cut in two where it stands, and small enough for a page by itself.
        browser.ask("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
        let kept = browser.run(
            "(() => { const style = getComputedStyle(document.querySelector('#scorecard'));
               return [style.breakBefore, style.breakInside, style.page]; })()",
        );
        let is_whole = kept[0] == "page" || kept[1] == "avoid" || kept[2] == "card";
        assert!(is_whole, "{}: {kept}", page.display());
        browser.run(
            "(() => { const card = document.querySelector('#scorecard');
               document.body.replaceChildren(card); })()",
        );
        assert_eq!(browser.printed_pages(), 1, "{}", page.display());
        browser.ask("Emulation.setEmulatedMedia", &json!({ "media": "" }));
    });
}
