//! A future that the attribute cannot see into would be decided before it began.

use std::pin::Pin;

use testimony::decides;

async fn ask() -> u32 {
    1
}

#[decides]
fn opaque() -> impl Future<Output = u32> + Send {
    ask()
}

#[decides]
fn boxed() -> Pin<Box<dyn Future<Output = u32>>> {
    Box::pin(ask())
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

#[decides]
fn alias() -> BoxFuture<'static, u32> {
    let asked = ask();
    Box::pin(asked)
}

fn main() {
    drop((opaque(), boxed(), alias()));
}
