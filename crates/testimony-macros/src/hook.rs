//! The one door of every expansion: the hidden module `::testimony::__private`, and how names behave on either side of it.
//!
//! No other file spells a path that an expansion contains. That is why the macros work where `Option`, `Some`, `core`
//! or the whole prelude mean something else or nothing.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident, Path};

/// The path of the hook module.
pub(crate) struct Hook(TokenStream);

impl Hook {
    /// The hook module under the usual name of the facade.
    pub(crate) fn usual() -> Self {
        Self(quote_spanned!(site()=> ::testimony::__private))
    }

    /// The hook module of a facade that goes by another path: `crate = path`.
    pub(crate) fn under(facade: &Path) -> Self {
        Self(quote_spanned!(site()=> #facade::__private))
    }

    /// Something of the hook module, for the compiler's messages to show at a place of the user's.
    pub(crate) fn item_at(&self, name: &str, place: Span) -> TokenStream {
        let (hook, name) = (&self.0, Ident::new(name, site()));
        let path = quote_spanned!(site()=> #hook::#name);
        path.into_iter()
            .map(|mut token| {
                token.set_span(token.span().located_at(place));
                token
            })
            .collect()
    }
}

impl ToTokens for Hook {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

/// Where generated tokens belong: their locals are invisible to the user's code, and their edition is ours.
pub(crate) fn site() -> Span {
    Span::mixed_site()
}

/// A local variable of an expansion.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(name, site())
}

/// Generated code that the compiler's messages show at a place of the user's.
pub(crate) fn at(place: Span) -> Span {
    site().located_at(place)
}

/// A reference to the value of the user's expression, which is never moved.
///
/// Where it can go without parentheses, its `&` takes a place in the user's code, so that a missing `Serialize` is
/// reported at the whole expression.
pub(crate) fn borrowed(value: &Expr) -> TokenStream {
    let place = value.span();
    if binds_tighter_than_a_reference(value) {
        quote_spanned!(place=> &#value)
    } else {
        quote_spanned!(at(place)=> &(#value))
    }
}

fn binds_tighter_than_a_reference(value: &Expr) -> bool {
    matches!(
        value,
        Expr::Path(_)
            | Expr::Lit(_)
            | Expr::Field(_)
            | Expr::Index(_)
            | Expr::Call(_)
            | Expr::MethodCall(_)
            | Expr::Macro(_)
            | Expr::Array(_)
            | Expr::Tuple(_)
            | Expr::Struct(_)
            | Expr::Try(_)
            | Expr::Await(_)
    )
}
