//! A value that cannot be serialized is reported where it is written.

use testimony::record::Uuid;
use testimony::{constraint, context, decides, decision, outcome, prompt, rationale};

struct Opaque;

struct Applicant {
    file: Opaque,
}

impl Applicant {
    fn file(&self) -> &Opaque {
        &self.file
    }
}

#[decides(subject = Opaque)]
fn subject() {}

#[decides(model = 7)]
fn model() {}

fn main() {
    let applicant = Applicant { file: Opaque };
    prompt!(applicant.file);
    context!(file = applicant.file());
    decision!(&applicant, confidence = Opaque);
    rationale!(vec![Opaque]);
    constraint!("rule", limit = Opaque, held = true);
    constraint!("rule", held = 1);
    outcome!(Uuid::nil(), "overridden", by = applicant.file);
    outcome!(Uuid::nil(), 5);
    subject();
    model();
}
