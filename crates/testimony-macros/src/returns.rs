//! What a function returns, and how its ending is read off the returned value.
//!
//! It never spells the type in the judge: the compiler knows it from the body by then, elided lifetimes included.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    AssocType, GenericArgument, Ident, PathArguments, PathSegment, ReturnType, TraitBound, Type,
};

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

    /// Where it is written; where there is nothing to point at, nowhere.
    pub(crate) fn place(&self) -> Option<Span> {
        match self {
            Self::Type(ty) => Some(ty.span()),
            Self::Unit(name) => Some(*name),
            Self::Opaque | Self::Never => None,
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

/// Whether a function returns a future, as far as its return type shows, and what that future gives back.
#[derive(Default)]
pub(crate) struct Promise {
    /// Whether it does.
    pub(crate) future: bool,
    /// `X` of `Future<Output = X>` or `BoxFuture<'_, X>`.
    pub(crate) output: Option<Type>,
}

impl Promise {
    /// Looks at the return type of a function that is not `async`.
    pub(crate) fn of(output: &ReturnType) -> Self {
        let mut promise = Self::default();
        promise.visit_return_type(output);
        promise
    }

    fn look_into_path(&mut self, last: &PathSegment) {
        match last.ident.to_string().as_str() {
            "Pin" | "Box" => self.visit_path_arguments(&last.arguments),
            "BoxFuture" | "LocalBoxFuture" => {
                self.future = true;
                self.output = last_type(&last.arguments);
            }
            _ => {}
        }
    }
}

impl<'ast> Visit<'ast> for Promise {
    /// A future in a tuple, or one that a returned closure makes, is a value like any other.
    fn visit_type(&mut self, ty: &'ast Type) {
        match ty {
            Type::ImplTrait(_) | Type::TraitObject(_) => visit::visit_type(self, ty),
            Type::Path(path) => {
                path.path.segments.last().into_iter().for_each(|last| self.look_into_path(last));
            }
            _ => {}
        }
    }

    fn visit_trait_bound(&mut self, bound: &'ast TraitBound) {
        if bound.path.segments.last().is_some_and(|last| last.ident == "Future") {
            self.future = true;
            visit::visit_trait_bound(self, bound);
        }
    }

    fn visit_assoc_type(&mut self, output: &'ast AssocType) {
        if output.ident == "Output" {
            self.output = Some(output.ty.clone());
        }
    }
}

fn last_type(arguments: &PathArguments) -> Option<Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return None };
    match arguments.args.last()? {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
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

    fn promised(output: &ReturnType) -> Option<String> {
        let promise = Promise::of(output);
        let output = promise.output.to_token_stream().to_string().replace(' ', "");
        promise.future.then_some(output)
    }

    #[test]
    fn the_output_of_a_future_is_found() {
        for output in [
            parse_quote!(-> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = A<B>> + Send + 'a>>),
            parse_quote!(-> impl Send + Future<Output = A<B>>),
            parse_quote!(-> Box<dyn Future<Output = A<B>>>),
            parse_quote!(-> futures::future::BoxFuture<'static, A<B>>),
        ] {
            assert_eq!(promised(&output).as_deref(), Some("A<B>"));
        }
    }

    #[test]
    fn a_future_may_keep_its_output_to_itself() {
        assert_eq!(promised(&parse_quote!(-> impl Future)).as_deref(), Some(""));
    }

    #[test]
    fn other_types_are_no_promise() {
        for output in [
            parse_quote!(),
            parse_quote!(-> impl Fn() -> u8 + Deref<Output = u8>),
            parse_quote!(-> impl Fn() -> Pin<Box<dyn Future<Output = u8>>>),
            parse_quote!(-> Vec<Pin<Box<dyn Future<Output = u8>>>>),
            parse_quote!(-> Box<dyn Iterator<Item = u8>>),
        ] {
            assert_eq!(promised(&output), None);
        }
    }
}
