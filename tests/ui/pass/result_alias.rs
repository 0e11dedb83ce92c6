//! What a result is, is decided by its type and not by how it is spelled.
#![deny(warnings)]

#[path = "../support/run.rs"]
mod support;

use testimony::decides;

/// Can be displayed.
type Result<T> = std::io::Result<T>;
/// Can only be debugged.
type Debugged = std::result::Result<u8, OnlyDebug>;
/// Can be neither displayed nor debugged.
type Silent = std::result::Result<u8, Nothing>;

#[derive(Debug)]
struct OnlyDebug;
struct Nothing;

#[decides]
fn alias(fail: bool) -> Result<u8> {
    if fail { Err(std::io::ErrorKind::NotFound.into()) } else { Ok(1) }
}

#[decides]
async fn alias_async() -> Result<()> {
    Err(std::io::ErrorKind::NotFound)?;
    Ok(())
}

#[decides]
fn debugged() -> Debugged {
    Err(OnlyDebug)
}

#[decides]
fn silent() -> Silent {
    Err(Nothing)
}

#[decides]
fn generic<T, E>(result: std::result::Result<T, E>) -> std::result::Result<T, E> {
    result
}

fn main() {
    assert!(alias(true).is_err() && alias(false).is_ok());
    assert!(support::run(alias_async()).is_err());
    assert!(matches!(debugged(), Err(OnlyDebug)));
    assert!(matches!(silent(), Err(Nothing)));
    assert!(matches!(generic::<u8, Nothing>(Ok(1)), Ok(1)));
}
