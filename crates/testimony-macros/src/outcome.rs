//! `outcome!`: a later fact about a decision that was already made.
//!
//! It never needs to be inside a decision, and never changes one: it adds an entry that points back.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::Expr;

use crate::arguments::Named;
use crate::errors::Errors;
use crate::hook::{Hook, local, site};
use crate::parts::Part;
use crate::shape::Shape;

const SHAPE: Shape = Shape {
    name: "outcome!",
    usage: "outcome!(id, \"kind\", by = …, decision = …, why = …, shown = …)",
    values: &["the id of the decision", "the kind of outcome"],
    flags: &[],
    keys: &["by", "decision", "why", "shown"],
    open: false,
    repeats: &[],
};

/// Expands `outcome!(id, "kind", by = …, decision = …, why = …, shown = …)`.
pub(crate) fn expand(tokens: TokenStream) -> syn::Result<TokenStream> {
    let mut errors = Errors::none();
    let mut arguments = SHAPE.read(tokens, &mut errors);
    let hook = arguments.hook(&mut errors);
    let parts: Vec<Part> = arguments.named.into_iter().filter_map(part).collect();
    let mut values = arguments.values.into_iter();
    let about = values.next().zip(values.next());
    errors.or(about.map(|(id, kind)| submit(&hook, &id, &kind, &parts)))
}

fn part(named: Named) -> Option<Part> {
    let role = match named.name().as_str() {
        "by" => "Actor",
        "decision" => "Decision",
        "why" => "Rationale",
        "shown" => "Context",
        _ => return None,
    };
    Some(Part::unnamed(role, named.value))
}

fn submit(hook: &Hook, id: &Expr, kind: &Expr, parts: &[Part]) -> TokenStream {
    let outcome = local("outcome");
    let mutable = (!parts.is_empty()).then(|| quote_spanned!(site()=> mut));
    let statements = parts.iter().map(|part| part.hand_to(&outcome, hook));
    quote_spanned! {site()=>
        if let #hook::Some(#mutable #outcome) = #hook::outcome(#id, #kind) {
            #(#statements)*
            #outcome.submit();
        }
    }
}
