//! `rationale!`: why it was decided, as parts of the current decision.
//!
//! It never asks where the value came from: the application declares it.

use proc_macro2::TokenStream;

use crate::parts::of_one_role;

/// Expands `rationale!(value)` or `rationale!(name = value, …)`.
pub(crate) fn expand(tokens: TokenStream) -> syn::Result<TokenStream> {
    of_one_role("rationale!", "Rationale", tokens)
}
