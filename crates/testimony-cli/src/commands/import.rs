//! `testimony import`: hands what another recorder has kept to a ledger, as whoever reads its form does it.

use std::path::{Path, PathBuf};

use super::{import_chat, import_otlp};
use crate::failure::{Exit, Failure};
use crate::paper::Paper;

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct ImportArgs {
    /// JSON lines `{"run", "model", "reward", "messages"}` with chat messages as `OpenAI` spells them: each message of
    /// the assistant becomes a decision, the reward an outcome of the run's last one.
    #[arg(long, value_name = "FILE")]
    openai_chat: Option<PathBuf>,

    /// OTLP as JSON, one export request a line, as a Collector's file exporter writes it: each span of the `OpenTelemetry` `GenAI`
    /// or `OpenInference` conventions becomes a decision. Give all files of one export at once, so that calls inside others
    /// are known to be.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    otlp_json: Vec<PathBuf>,
}

pub(crate) fn run(
    ledger: &Path,
    options: &ImportArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    match &options.openai_chat {
        Some(path) => import_chat::run(ledger, path, json, paper),
        None => import_otlp::run(ledger, &options.otlp_json, json, paper),
    }
}
