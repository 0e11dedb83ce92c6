//! A report as one HTML page. The templates escape whatever they are given; a policy in the page forbids scripts, images and
//! whatever would be fetched, should a reader ever find a way around that.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::document::{Block, Document, Tone};
use crate::words::printable::{Keep, printable};

const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE: &str = "
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.2rem; border-bottom: 1px solid #8886; } h3 { margin-top: 1.6rem; }
h1, h2, h3, td, dd, p, li { overflow-wrap: anywhere; }
.good { color: #137333; font-weight: 600; } .bad { color: #c5221f; font-weight: 600; } .note { color: #935f00; }
@media (prefers-color-scheme: dark) { .good { color: #6fcf97; } .bad { color: #ff8a80; } .note { color: #f2c14e; } }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { opacity: .7; } dd { margin: 0; }
figure { margin: .8rem 0; } figcaption { opacity: .75; font-size: .9rem; }
pre { margin: .2rem 0; padding: .6rem .8rem; background: #8881; border-left: 3px solid #8888; white-space: pre-wrap;
  overflow-wrap: anywhere; unicode-bidi: isolate; font: 14px/1.45 ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; min-width: 5.5rem; border-bottom: 1px solid #8884; }
td:first-child { white-space: nowrap; font-variant-numeric: tabular-nums; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; color: #000; } h2, h3 { break-after: avoid; }
  figcaption { break-after: avoid; } tr { break-inside: avoid; } pre { background: none; font-size: 9pt; } }
@page { margin: 2cm; }
";

pub(super) fn write(document: &Document) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (visible(&document.title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (visible(&document.title)) }
                @for block in &document.blocks { (written(block)) }
            }
        }
    };
    page.into_string()
}

fn written(block: &Block) -> Markup {
    html! {
        @match block {
            Block::Heading(2, text) => h2 { (visible(text)) },
            Block::Heading(_, text) => h3 { (visible(text)) },
            Block::Paragraph(tone, text) => p class=[class(*tone)] { (visible(text)) },
            Block::Facts(facts) => dl {
                @for (name, value) in facts { dt { (visible(name)) } dd dir="auto" { (visible(value)) } }
            },
            Block::Quote(what, words) => figure {
                figcaption { (visible(what)) }
                pre dir="auto" { (visible(words)) }
            },
            Block::Points(points) => ul { @for point in points { li { (visible(point)) } } },
            Block::Table(headings, rows) => table {
                thead { tr { @for heading in headings { th { (visible(heading)) } } } }
                tbody { @for row in rows { tr { @for cell in row { td dir="auto" { (visible(cell)) } } } } }
            },
        }
    }
}

fn class(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Plain => None,
        Tone::Good => Some("good"),
        Tone::Note => Some("note"),
        Tone::Bad => Some("bad"),
    }
}

/// What would be drawn as nothing, or turn text around, becomes visible.
fn visible(text: &str) -> std::borrow::Cow<'_, str> {
    printable(text, Keep::LinesAndTabs)
}
