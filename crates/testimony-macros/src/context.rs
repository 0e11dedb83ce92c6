//! `context!`: what the model is given, as parts of the current decision.
//!
//! It never asks where the value came from: the application declares it.

use proc_macro2::TokenStream;

use crate::parts::of_one_role;

/// Expands `context!(value)` or `context!(name = value, …)`.
pub(crate) fn expand(tokens: TokenStream) -> syn::Result<TokenStream> {
    of_one_role("context!", "Context", tokens)
}
