//! `decision!`: what was decided, how sure that was, and what else was in the running.
//!
//! It never accepts another key: a misspelt `confidence` would otherwise be missing for ever.

use proc_macro2::TokenStream;

use crate::errors::Errors;
use crate::parts::{all_in, record};
use crate::shape::Shape;

const SHAPE: Shape = Shape {
    name: "decision!",
    usage: "decision!(value, confidence = …, alternatives = …)",
    values: &["the value that was decided"],
    flags: &[],
    keys: &["confidence", "alternatives"],
    open: false,
    repeats: &[],
};

/// Expands `decision!(value, confidence = …, alternatives = …)`.
pub(crate) fn expand(tokens: TokenStream) -> syn::Result<TokenStream> {
    let mut errors = Errors::none();
    let mut arguments = SHAPE.read(tokens, &mut errors);
    let hook = arguments.hook(&mut errors);
    let parts = all_in("Decision", arguments);
    errors.or(Some(record(&hook, &parts)))
}
