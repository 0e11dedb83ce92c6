//! `prompt!`: what the model is asked, as parts of the current decision.
//!
//! It never asks where the value came from: the application declares it.

use proc_macro2::TokenStream;

use crate::parts::of_one_role;

/// Expands `prompt!(value)` or `prompt!(name = value, …)`.
pub(crate) fn expand(tokens: TokenStream) -> syn::Result<TokenStream> {
    of_one_role("prompt!", "Prompt", tokens)
}
