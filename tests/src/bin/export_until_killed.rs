//! Records decisions for ever, and exports them to an endpoint. For the test that kills it.

use testimony::Testimony;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &'static str| arguments.next().ok_or(what);
    let (directory, endpoint) = (next("no directory")?, next("no endpoint")?);
    let first: u128 = next("no number")?.parse()?;
    let testimony = Testimony::builder()
        .directory(directory)
        .ledger_options(|options| options.segment_bytes = 32 << 10)
        .export(|options| options.endpoint = Some(endpoint))
        .open()?;
    for id in first.. {
        let decision =
            testimony_tests::decision(id, &format!("n:{id}"), &"x".repeat((id % 7 * 400) as usize));
        // Each is waited for, so that the disk does not fill while nobody exports.
        testimony.ledger().record(decision)?.wait()?;
    }
    Ok(())
}
