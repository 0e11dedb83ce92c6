//! `testimony coverage`: which call sites leave which part empty, who withheld it, and how to switch it on.

use std::path::Path;

use testimony_forensics::{AspectCoverage, Casebook, Coverage, Reason, SiteCoverage};

use super::bars::{bar, percent};
use super::doubts::print_doubts;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::number::{count, counted, grouped};
use crate::paper::{Paper, fit};
use crate::style::{BAD, DIM, GOOD, NOTE, PLAIN, TITLE};

const BAR: usize = 20;

/// Where what is said of a lack begins.
const BESIDE: usize = 46;

pub(crate) fn run(ledger: &Path, json: bool, paper: &mut Paper) -> Result<Exit, Failure> {
    let coverage = Casebook::open(ledger)?.coverage()?;
    if json {
        json::document(&coverage, paper)?;
    } else {
        print(&coverage, paper);
    }
    Ok(Exit::Fine)
}

fn print(coverage: &Coverage, paper: &mut Paper) {
    if coverage.sites.is_empty() {
        paper.line(NOTE, "The ledger holds no decisions.");
    }
    for (at, site) in coverage.sites.iter().enumerate() {
        if at > 0 {
            paper.end();
        }
        print_site(site, paper);
    }
    print_doubts(&coverage.doubts, paper);
}

fn print_site(site: &SiteCoverage, paper: &mut Paper) {
    paper.put(TITLE, &site.site);
    paper.line(DIM, &format!("  {}", counted(site.decisions, "decision", "decisions")));
    for aspect in &site.aspects {
        print_aspect(aspect, site.decisions, paper);
    }
}

fn print_aspect(aspect: &AspectCoverage, decisions: u64, paper: &mut Paper) {
    let style = match aspect.present {
        present if present == decisions => GOOD,
        0 => BAD,
        _ => NOTE,
    };
    paper.put(PLAIN, &format!("  {}", fit(aspect.aspect.as_str(), 12)));
    paper.put(style, &bar(aspect.present, decisions, BAR));
    let share = percent(aspect.present, decisions);
    let lacks = lacks(aspect);
    if lacks.is_empty() {
        return paper.line(PLAIN, &format!("{share:>9}"));
    }
    paper.put(PLAIN, &format!("{share:>9}"));
    paper.line(DIM, &format!("   {}", lacks.join(", ")));
    for reason in &aspect.reasons {
        paper.block(BESIDE, DIM, &told(reason));
    }
}

fn lacks(aspect: &AspectCoverage) -> Vec<String> {
    let all = [
        (aspect.partly, "in part only"),
        (aspect.withheld, "withheld"),
        (aspect.unmentioned, "not mentioned"),
    ];
    let some = all.into_iter().filter(|(number, _)| *number > 0);
    some.map(|(number, what)| format!("{} {what}", grouped(number))).collect()
}

fn told(reason: &Reason) -> String {
    let why = match reason.why.as_str() {
        "not_captured" => "not captured",
        "too_large" => "too large to be kept",
        "too_many" => "too many to be kept",
        "unreadable" => "could not be written out by the application",
        other => other,
    };
    let parts = usize::try_from(reason.parts).unwrap_or(usize::MAX);
    let hint = reason.hint.as_ref().map_or(String::new(), |hint| format!("; see {hint}"));
    format!("{} {why}{hint}", count(parts, "part", "parts"))
}
