//! `constraint!`: a rule that the decision was checked against, and whether it held.
//!
//! It never judges the rule itself, and never guesses `held` from the other values.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{Expr, Ident, LitStr};

use crate::arguments::{Arguments, Named};
use crate::errors::Errors;
use crate::hook::{at, borrowed, local, site};
use crate::parts::in_current;
use crate::shape::Shape;

const SHAPE: Shape = Shape {
    name: "constraint!",
    usage: "constraint!(\"rule\", limit = …, observed = …, held = …)",
    values: &["the name of the rule"],
    flags: &[],
    keys: &["limit", "observed", "held"],
    open: true,
    repeats: &[],
};

/// Expands `constraint!("rule", limit = …, observed = …, held = …)`.
pub(crate) fn expand(tokens: TokenStream) -> syn::Result<TokenStream> {
    let mut errors = Errors::none();
    let mut arguments = SHAPE.read(tokens, &mut errors);
    let hook = arguments.hook(&mut errors);
    let held = held(&mut arguments, &mut errors);
    refuse_rule(&arguments, &mut errors);
    let rule = arguments.values.into_iter().next();
    let statements = rule.zip(held).map(|(rule, held)| hand_over(&rule, &held, &arguments.named));
    errors.or(statements.map(|statements| in_current(&hook, &statements)))
}

fn held(arguments: &mut Arguments, errors: &mut Errors) -> Option<Expr> {
    let held = arguments.take("held").pop().map(|named| named.value);
    if held.is_none() {
        let message =
            "`held` is missing: whether the rule held, as `held = true` or `held = false`";
        errors.add(syn::Error::new(Span::call_site(), message));
    }
    held
}

/// The record already has a field of that name, for the rule's own.
fn refuse_rule(arguments: &Arguments, errors: &mut Errors) {
    for named in arguments.named.iter().filter(|named| named.name() == "rule") {
        errors.at(&named.key, "the rule is the first value, and has no key");
    }
}

/// The values are taken before the closure begins, so that `?`, `return` and `.await` in them mean what they say.
fn hand_over(rule: &Expr, held: &Expr, fields: &[Named]) -> TokenStream {
    let (current, sink) = (local("current"), local("fields"));
    let values = fields.iter().map(|field| borrowed(&field.value));
    let locals: Vec<Ident> = fields.iter().enumerate().map(holder).collect();
    let keys = fields.iter().map(|field| LitStr::new(&field.name(), field.key.span()));
    quote_spanned! {site()=>
        match (#(#values,)*) {
            (#(#locals,)*) => #current.constraint(#rule, #held, |#sink| {
                #(#sink.add(#keys, #locals);)*
            }),
        }
    }
}

fn holder((index, field): (usize, &Named)) -> Ident {
    Ident::new(&format!("field{index}"), at(field.value.span()))
}
