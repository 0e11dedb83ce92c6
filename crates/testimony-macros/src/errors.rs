//! The mistakes in one macro call, gathered so that all of them are reported together, each at its own token.
//!
//! It never stops at the first mistake.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// What is wrong so far.
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    /// Nothing is wrong yet.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Adds one mistake, or several that belong together.
    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            none => *none = Some(error),
        }
    }

    /// Adds a mistake at the tokens that make it.
    pub(crate) fn at(&mut self, tokens: &impl ToTokens, message: impl Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    /// Takes the value out of a result, or adds the mistake.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    /// All mistakes, or the value if there are none.
    pub(crate) fn or<T>(self, value: Option<T>) -> syn::Result<T> {
        match (self.0, value) {
            (Some(error), _) => Err(error),
            (None, Some(value)) => Ok(value),
            (None, None) => Err(syn::Error::new(proc_macro2::Span::call_site(), "malformed call")),
        }
    }
}

/// Makes one expression of what a macro in expression position came to, mistakes included.
pub(crate) fn expression(result: syn::Result<TokenStream>) -> TokenStream {
    result.unwrap_or_else(|error| {
        let errors = error.to_compile_error();
        quote!({ #errors })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_kept_in_order() {
        let mut errors = Errors::none();
        errors.at(&quote!(a), "first");
        errors.at(&quote!(b), "second");
        let error = errors.or(Some(())).unwrap_err();
        let messages: Vec<_> = error.into_iter().map(|error| error.to_string()).collect();
        assert_eq!(messages, ["first", "second"]);
    }

    #[test]
    fn a_value_without_mistakes_passes() {
        assert_eq!(Errors::none().or(Some(7)).unwrap(), 7);
    }

    #[test]
    fn no_value_is_a_mistake_even_when_nobody_named_it() {
        assert!(Errors::none().or(None::<u8>).is_err());
    }
}
