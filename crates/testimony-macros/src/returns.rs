//! What a function returns, and how its ending is read off the returned value.
//!
//! It never spells the type in the judge: the compiler knows it from the body by then, elided lifetimes included.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{AssocType, Ident, ReturnType, TraitBound, Type};

use crate::hook::{Hook, at, local, site};

/// What a function, or the future it returns, gives back.
pub(crate) enum Returns {
    /// A type to name, with `_` for any `impl Trait` inside of it.
    Type(Box<Type>),
    /// Nothing that was written down; where the name of the function is.
    Unit(Span),
    /// `impl Trait`, which only the compiler can name.
    Opaque,
    /// `!`.
    Never,
}

impl Returns {
    /// What stands behind the arrow of a signature.
    pub(crate) fn of(output: &ReturnType, name: Span) -> Self {
        match output {
            ReturnType::Default => Self::Unit(name),
            ReturnType::Type(_, ty) => Self::from_type(ty),
        }
    }

    /// One type.
    pub(crate) fn from_type(ty: &Type) -> Self {
        match ty {
            Type::ImplTrait(_) => Self::Opaque,
            Type::Never(_) => Self::Never,
            named => Self::Type(Box::new(without_impl(named))),
        }
    }

    /// `-> T` for a closure that stands in for the function, where it can be said.
    pub(crate) fn arrow(&self) -> TokenStream {
        match self {
            Self::Type(ty) => quote_spanned!(site()=> -> #ty),
            Self::Unit(name) => quote_spanned!(at(*name)=> -> ()),
            Self::Never => quote_spanned!(site()=> -> !),
            Self::Opaque => TokenStream::new(),
        }
    }

    /// A `return` that never happens: it tells the compiler what an async block gives back before it reads the body,
    /// so that a mismatch is reported at the user's expression, as in the function without the attribute.
    pub(crate) fn hint(&self, hook: &Hook) -> TokenStream {
        let (ty, span) = match self {
            Self::Type(ty) => (ty.to_token_stream(), at(ty.span())),
            Self::Unit(name) => (quote_spanned!(site()=> ()), at(*name)),
            Self::Opaque | Self::Never => return TokenStream::new(),
        };
        let never = Ident::new("never", span);
        quote_spanned! {span=>
            if let #hook::Some(#never) = #hook::None::<#ty> {
                return #never;
            }
        }
    }

    /// The closure or function that judges the returned value.
    pub(crate) fn judge(&self, hook: &Hook) -> TokenStream {
        let result = local("result");
        match self {
            Self::Opaque | Self::Never => quote_spanned!(site()=> #hook::plain),
            Self::Type(_) | Self::Unit(_) => quote_spanned! {site()=>
                |#result| {
                    use #hook::{ViaAny as _, ViaDebug as _, ViaDisplay as _};
                    (&&&#hook::Probe(#result)).ending()
                }
            },
        }
    }
}

fn without_impl(ty: &Type) -> Type {
    let mut ty = ty.clone();
    Eraser.visit_type_mut(&mut ty);
    ty
}

struct Eraser;

impl VisitMut for Eraser {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if matches!(ty, Type::ImplTrait(_)) {
            *ty = syn::parse_quote!(_);
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}

/// Whether the return type names a future, and what that future gives back if it says so.
#[derive(Default)]
pub(crate) struct Promise {
    /// Whether there is a `dyn Future` or an `impl Future` in it.
    pub(crate) future: bool,
    /// `X` of `Future<Output = X>`.
    pub(crate) output: Option<Type>,
}

impl Promise {
    /// Looks into the return type of a function that is not `async`.
    pub(crate) fn of(output: &ReturnType) -> Self {
        let mut promise = Self::default();
        promise.visit_return_type(output);
        promise
    }
}

impl<'ast> Visit<'ast> for Promise {
    fn visit_trait_bound(&mut self, bound: &'ast TraitBound) {
        if bound.path.segments.last().is_some_and(|last| last.ident == "Future") {
            self.future = true;
            visit::visit_trait_bound(self, bound);
        }
    }

    fn visit_assoc_type(&mut self, output: &'ast AssocType) {
        if output.ident == "Output" && self.output.is_none() {
            self.output = Some(output.ty.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn impl_inside_a_type_becomes_an_underscore() {
        let returns = Returns::from_type(&parse_quote!(Result<impl Iterator<Item = u8>, E>));
        assert_eq!(returns.arrow().to_string(), quote!(-> Result<_, E>).to_string());
    }

    #[test]
    fn impl_as_the_whole_type_is_not_named_at_all() {
        let returns = Returns::from_type(&parse_quote!(impl Display));
        let hook = Hook::usual();
        assert!(returns.arrow().is_empty() && returns.hint(&hook).is_empty());
        assert_eq!(
            returns.judge(&hook).to_string(),
            quote!(::testimony::__private::plain).to_string()
        );
    }

    #[test]
    fn the_output_of_a_boxed_future_is_found() {
        let promise = Promise::of(&parse_quote! {
            -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = Result<A, B>> + Send + 'a>>
        });
        assert!(promise.future);
        assert_eq!(promise.output.to_token_stream().to_string(), quote!(Result<A, B>).to_string());
    }

    #[test]
    fn other_traits_are_no_promise() {
        let promise = Promise::of(&parse_quote!(-> impl Fn() -> u8 + Deref<Output = u8>));
        assert!(!promise.future && promise.output.is_none());
    }
}
