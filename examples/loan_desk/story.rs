//! What the desk shows at the end: its ledger verified, and one application's story told from the ledger alone.

use std::error::Error;

use testimony::ledger::verify;

use crate::desk::{Decided, Undecided};

/// One line for one application.
pub(crate) fn line(decided: &Result<Decided, Undecided>) -> String {
    match decided {
        Ok(Decided { id, verdict, .. }) => format!("{verdict:<24} {id}"),
        Err(error) => format!("not decided: {error}"),
    }
}

/// Verifies the ledger, and tells why one application ended as it did.
pub(crate) fn tell(ledger: &str, subject: &str) -> Result<(), Box<dyn Error>> {
    let report = verify::verify(ledger, &[], &mut |_| {})?;
    let decisions: u64 = report.streams.iter().map(|stream| stream.decisions).sum();
    println!(
        "\nThe ledger in ./{ledger} holds {decisions} decisions; intact: {}.\n",
        report.intact()
    );
    Ok(())
}
