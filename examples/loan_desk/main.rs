//! The loan desk: a small underwriting service with a flight recorder.
//!
//! It asks a chat model over HTTP about a file of applications, under written limits. Along the way the model refuses
//! once, fails once, and breaks a limit once, which is escalated; one decision is overridden by a person. All of it ends up in
//! `./testimony-ledger`.
//!
//! ```text
//! cargo run --example loan_desk
//! ```
//! With `OPENAI_BASE_URL` and `OPENAI_API_KEY` set it asks that endpoint (`OPENAI_MODEL`, default `gpt-4o-mini`); else it
//! starts a stand-in on loopback that answers from rules. With `OTEL_EXPORTER_OTLP_ENDPOINT` set it exports.

mod chat;
mod desk;
mod stand_in;
mod story;

use testimony::{Testimony, outcome};
use tracing_subscriber::prelude::*;

const LEDGER: &str = "testimony-ledger";
const APPLICATIONS: &str = include_str!("applications.json");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let testimony = Testimony::builder().directory(LEDGER).service("loan-desk").open()?;
    tracing_subscriber::registry().with(testimony.layer()).init();

    let model = chat::Model::from_environment().await?;
    println!("The desk asks {model}.\n");

    let applications: Vec<desk::Application> = serde_json::from_str(APPLICATIONS)?;
    for application in &applications {
        let decided = desk::underwrite(&model, application).await;
        println!("  loan:{}  {}", application.loan, story::line(&decided));
        let Ok(decided) = decided else { continue };
        if decided.escalated {
            outcome!(
                decided.id,
                "escalated",
                by = "desk:rules",
                why = "a written limit was not held"
            );
        }
        if application.loan == 1004 {
            // A person looks at it again the next morning, and sees what the model did not weigh.
            outcome!(
                decided.id,
                "overridden",
                by = "officer:m.keller",
                decision = "approve",
                why = "the guarantor's income was confirmed by telephone",
                shown = &application,
            );
        }
    }
    testimony.close()?;
    story::tell(LEDGER, "loan:1003")
}
