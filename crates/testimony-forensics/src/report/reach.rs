//! What a decision went on to influence, in a report, and what could not be followed.

use super::document::{Block, Tone};
use crate::blast::{Blast, Downstream};
use crate::words::number::count;
use crate::words::{moment, unfollowed};

pub(super) fn reach(blast: &Blast, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading(3, format!("Decision {}", blast.origin.asked)));
    let fed = count(blast.downstream.len(), "later decision was", "later decisions were");
    let subjects: Vec<&str> = blast.subjects.iter().map(|one| one.subject.as_str()).collect();
    let about = if subjects.is_empty() {
        String::new()
    } else {
        format!(", about {}", subjects.join(", "))
    };
    blocks.push(Block::Paragraph(Tone::Plain, format!("{fed} fed by it{about}.")));
    if !blast.downstream.is_empty() {
        let headings = ["Decision", "Call site", "Began", "Fed by", "Steps"].map(str::to_owned);
        blocks.push(Block::Table(headings.to_vec(), blast.downstream.iter().map(row).collect()));
    }
    for altered in &blast.checked.not_sealed {
        blocks.push(Block::Paragraph(
            Tone::Bad,
            format!("Decision {altered} is not what was sealed."),
        ));
    }
    blocks.push(Block::Paragraph(Tone::Plain, "Not followed:".into()));
    blocks.push(Block::Points(unfollowed::lines(&blast.unfollowed, ToString::to_string)));
}

fn row(fed: &Downstream) -> Vec<String> {
    let (id, from) = (fed.id.to_string(), fed.from.to_string());
    vec![id, fed.site.clone(), moment::millis(fed.began_us), from, fed.depth.to_string()]
}
