//! What the caller holds of a ledger, read from files and arguments: heads, keys, a policy.

use std::fs;
use std::path::{Path, PathBuf};

use testimony_record::head::Head;
use testimony_record::tlog::{Policy, SignedHead, VerifierKey};
use testimony_record::verify::Trust;

use crate::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct TrustArgs {
    /// A head that someone kept where the ledger's host cannot write: what `testimony head` printed, as JSON or as a signed
    /// note. May be repeated.
    #[arg(long = "head", value_name = "FILE")]
    heads: Vec<PathBuf>,

    /// The verifier key that must have signed the checkpoints, or a file that holds it. May be repeated.
    #[arg(long = "key", value_name = "KEY|FILE")]
    keys: Vec<String>,

    /// A C2SP tlog-policy: which keys may sign, and how many of which witnesses must have cosigned.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

const A_HEAD: &str = "A head file is what `testimony head` printed with --json or --note.";
const A_KEY: &str =
    "A verifier key looks like example.com/desk+1a2b3c4d+AbCd…; `testimony key show` prints it.";
const A_POLICY: &str = "A policy is described at https://c2sp.org/tlog-policy.";

pub(super) fn trust(options: &TrustArgs) -> Result<Trust, Failure> {
    let mut trust = Trust::default();
    for file in &options.heads {
        read_head(file, &mut trust)?;
    }
    trust.keys = keys(&options.keys)?;
    trust.policy = options.policy.as_deref().map(read_policy).transpose()?;
    Ok(trust)
}

/// Keys as they were given: each itself, or the name of a file that holds it.
pub(super) fn keys(given: &[String]) -> Result<Vec<VerifierKey>, Failure> {
    given.iter().map(|given| read_key(given)).collect()
}

pub(super) fn read_policy(file: &Path) -> Result<Policy, Failure> {
    let bytes =
        fs::read(file).map_err(|error| Failure::cannot_read(file, &error).advise(A_POLICY))?;
    Policy::parse(&bytes)
        .map_err(|error| Failure::new(format_args!("{}: {error}", file.display())).advise(A_POLICY))
}

fn read_key(given: &str) -> Result<VerifierKey, Failure> {
    let not_in_itself = match given.parse() {
        Ok(key) => return Ok(key),
        Err(error) => error,
    };
    let file = Path::new(given);
    if !file.exists() {
        let problem = format_args!("{given} is neither a key nor a file: {not_in_itself}");
        return Err(Failure::new(problem).advise(A_KEY));
    }
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::cannot_read(file, &error).advise(A_KEY))?;
    text.trim_end().parse().map_err(|error| {
        Failure::new(format_args!("{given} holds no verifier key: {error}")).advise(A_KEY)
    })
}

/// One head or a list of them as JSON, or one or more signed notes.
fn read_head(file: &Path, trust: &mut Trust) -> Result<(), Failure> {
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::cannot_read(file, &error).advise(A_HEAD))?;
    if text.trim_start().starts_with(['{', '[']) {
        trust.heads.extend(json_heads(&text).map_err(|why| no_head(file, &why))?);
        return Ok(());
    }
    let notes = notes(&text);
    if notes.is_empty() {
        return Err(no_head(file, "it is empty"));
    }
    let notes = notes.into_iter().map(|note| {
        let head = SignedHead::parse(&note).map_err(|error| no_head(file, &error.to_string()))?;
        head.stream().ok_or_else(|| no_head(file, "it is the head of another log"))?;
        Ok(head)
    });
    trust.notes.extend(notes.collect::<Result<Vec<_>, Failure>>()?);
    Ok(())
}

fn json_heads(text: &str) -> Result<Vec<Head>, String> {
    let heads = serde_json::from_str(text).map(|head| vec![head]);
    match heads.or_else(|_| serde_json::from_str::<Vec<Head>>(text)) {
        Ok(heads) if heads.is_empty() => Err("it is empty".to_owned()),
        heads => heads.map_err(|error| error.to_string()),
    }
}

/// Notes that stand one after another: each is a text, an empty line and signature lines.
fn notes(text: &str) -> Vec<String> {
    let mut notes = vec![String::new()];
    let mut signed = false;
    for line in text.split_inclusive('\n') {
        let signature = line.starts_with('\u{2014}');
        if signed && !signature {
            notes.push(String::new());
        }
        signed = signature;
        if let Some(note) = notes.last_mut().filter(|note| !note.is_empty() || line != "\n") {
            note.push_str(line);
        }
    }
    notes.retain(|note| !note.is_empty());
    notes
}

fn no_head(file: &Path, why: &str) -> Failure {
    Failure::new(format_args!("{} holds something else than heads: {why}", file.display()))
        .advise(A_HEAD)
}

#[cfg(test)]
mod tests {
    use super::notes;

    #[test]
    fn notes_that_stand_one_after_another_are_told_apart() {
        let one = "a/1\n3\nroot\n\n\u{2014} a/1 sig\n\u{2014} w sig\n";
        assert_eq!(notes(one), [one]);
        assert_eq!(notes(&format!("{one}\n{one}{one}")), [one, one, one]);
        assert!(notes("").is_empty());
    }
}
