//! A durable function must be able to say that its decision was not kept; what cannot is reported at its return type.

use testimony::decides;

struct Refused;

#[decides(durable)]
fn no_result(loan: u32) -> u32 {
    loan
}

#[decides(durable)]
fn never() -> ! {
    panic!()
}

#[decides(durable)]
fn wrong_error(loan: u32) -> Result<u32, Refused> {
    if loan == 0 { Err(Refused) } else { Ok(loan) }
}

#[decides(durable, intent, subject = loan)]
async fn no_result_async(loan: u32) -> u32 {
    loan
}

#[decides(durable)]
async fn wrong_error_async(loan: u32) -> Result<u32, Refused> {
    Ok(loan)
}

#[decides(durable)]
fn wrong_error_deferred(loan: u32) -> impl Future<Output = Result<u32, Refused>> {
    async move { Ok(loan) }
}

#[decides(durable)]
fn generic_error<E>(loan: u32) -> Result<u32, E> {
    Ok(loan)
}

fn main() {}
