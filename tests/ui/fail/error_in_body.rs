//! A mistake in the function is reported at the user's expression, as it would be without the attribute.

use testimony::{decides, prompt};

struct Refused;

#[decides]
fn wrong_tail(loan: u32) -> String {
    loan
}

#[decides]
async fn wrong_tail_async(loan: u32) -> String {
    loan
}

#[decides]
async fn wrong_return_async(loan: u32) -> String {
    if loan == 0 {
        return loan;
    }
    loan.to_string()
}

#[decides]
fn unit() {
    1
}

#[decides]
async fn unit_async() {
    1
}

#[decides]
async fn no_tail(loan: u32) -> u32 {
    drop(loan);
}

#[decides]
fn wrong_error(text: &str) -> Result<u32, Refused> {
    Ok(text.parse::<u32>()?)
}

#[decides(subject = applicant)]
fn unknown_name(loan: u32) {
    prompt!(applicant);
    loan.missing();
}

#[decides]
fn not_a_result(text: &str) -> u32 {
    text.parse::<u32>()?
}

#[decides]
fn dangling(text: String) -> &'static str {
    text.as_str()
}

#[decides(subject = drop(loan))]
fn moved(loan: String) -> String {
    loan
}

fn main() {}
