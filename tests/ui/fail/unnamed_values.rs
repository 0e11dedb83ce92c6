//! Several values of one macro need names.

use testimony::{context, prompt, rationale};

fn main() {
    prompt!();
    prompt!("system", "user");
    context!("policy", report = "report");
    context!(report =, policy = 1 2);
    rationale!(model: "because");
    let () = rationale!("because", "of that");
}
