//! A service that opens the ledger named on its command line with defaults, and closes it: what the environment says decides
//! the rest. Prints why where it cannot.

use std::process::ExitCode;

use testimony::Testimony;

fn main() -> ExitCode {
    let directory = std::env::args_os().nth(1).expect("a ledger");
    match Testimony::open(directory).and_then(Testimony::close) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
