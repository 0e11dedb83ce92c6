//! The function under `#[decides]`: its head as syntax, its body as the tokens that the user wrote.
//!
//! It never parses the body, so that mistakes in there are the compiler's to report, in its own words and places.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Ident, Signature, Token, Visibility};

use crate::hook::site;

/// A function with a body.
pub(crate) struct Function {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    /// Everything from `fn` to the body, qualifiers included.
    pub(crate) signature: Signature,
    inner_attributes: Vec<Attribute>,
    /// The body, braces included, without its inner attributes.
    pub(crate) body: Group,
}

impl Function {
    /// Reads a function, or says what stands there instead.
    pub(crate) fn parse(item: TokenStream) -> syn::Result<Self> {
        Self::read.parse2(item)
    }

    fn read(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        expect_function(input)?;
        let signature: Signature = input.parse()?;
        refuse_bodiless(input, &signature)?;
        refuse_const(&signature)?;
        let (inner_attributes, body) = split(&braces(input.parse()?)?)?;
        Ok(Self { attributes, visibility, signature, inner_attributes, body })
    }

    /// The name as text; a raw identifier loses its prefix.
    pub(crate) fn name(&self) -> String {
        syn::ext::IdentExt::unraw(&self.signature.ident).to_string()
    }

    /// The function with another body.
    pub(crate) fn with(&self, body: &TokenStream) -> TokenStream {
        let Self { attributes, visibility, signature, inner_attributes, .. } = self;
        quote_spanned! {site()=>
            #(#attributes)*
            #visibility #signature {
                #(#inner_attributes)*
                #body
            }
        }
    }
}

fn expect_function(input: ParseStream) -> syn::Result<()> {
    let ahead = input.fork();
    while ahead.peek(Token![const])
        || ahead.peek(Token![async])
        || ahead.peek(Token![unsafe])
        || ahead.peek(Token![extern])
        || ahead.peek(syn::LitStr)
    {
        ahead.parse::<TokenTree>()?;
    }
    if ahead.peek(Token![fn]) { Ok(()) } else { Err(not_a_function(input)) }
}

fn not_a_function(input: ParseStream) -> syn::Error {
    let found = input.fork().call(<Ident as syn::ext::IdentExt>::parse_any);
    let found = found.map_or_else(|_| "this".to_owned(), |word| format!("`{word}`"));
    input.error(format!("`#[decides]` goes on a function, not on {found}"))
}

fn refuse_bodiless(input: ParseStream, signature: &Signature) -> syn::Result<()> {
    if !input.peek(Token![;]) {
        return Ok(());
    }
    let message = "`#[decides]` needs a body: put it on the implementation, not on the declaration";
    Err(syn::Error::new_spanned(&signature.ident, message))
}

fn refuse_const(signature: &Signature) -> syn::Result<()> {
    signature.constness.map_or(Ok(()), |constness| {
        let message = "a `const fn` cannot be recorded: it may run while the program is compiled";
        Err(syn::Error::new_spanned(constness, message))
    })
}

/// The body out of the invisible group that a `macro_rules` fragment comes in.
fn braces(tree: TokenTree) -> syn::Result<Group> {
    match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Ok(group),
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            braces(syn::parse2(group.stream())?)
        }
        other => Err(syn::Error::new_spanned(other, "expected the body of a function")),
    }
}

/// Parts the inner attributes, which must stay first in the function, from the rest of the body.
fn split(body: &Group) -> syn::Result<(Vec<Attribute>, Group)> {
    let read = |input: ParseStream| {
        let attributes = input.call(Attribute::parse_inner)?;
        Ok((attributes, input.parse::<TokenStream>()?))
    };
    let (attributes, rest) = read.parse2(body.stream())?;
    if attributes.is_empty() {
        return Ok((attributes, body.clone()));
    }
    Ok((attributes, braced(rest, body.span())))
}

/// Tokens in braces that point at the user's.
pub(crate) fn braced(tokens: TokenStream, span: Span) -> Group {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(span);
    group
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn refusal(item: TokenStream) -> String {
        Function::parse(item).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn qualifiers_belong_to_a_function() {
        let item = quote!(
            pub(crate) async unsafe extern "C" fn r#try() {}
        );
        assert_eq!(Function::parse(item).map(|function| function.name()).unwrap(), "try");
    }

    #[test]
    fn other_items_are_refused_by_name() {
        assert_eq!(
            refusal(quote!(
                #[derive(Debug)]
                pub struct S;
            )),
            "`#[decides]` goes on a function, not on `struct`"
        );
        assert_eq!(
            refusal(quote!(
                const X: u8 = 1;
            )),
            "`#[decides]` goes on a function, not on `const`"
        );
    }

    #[test]
    fn a_function_that_cannot_be_recorded_is_refused() {
        assert!(
            refusal(quote!(
                fn f(&self);
            ))
            .contains("needs a body")
        );
        assert!(
            refusal(quote!(
                const fn f() {}
            ))
            .contains("`const fn` cannot be recorded")
        );
    }

    #[test]
    fn inner_attributes_stay_first() {
        let function = Function::parse(quote!(
            fn f() {
                #![allow(x)]
                1
            }
        ))
        .map_err(drop)
        .unwrap();
        let whole = function
            .with(&quote!(wrap(
                #[kept]
                1
            )))
            .to_string();
        assert_eq!(whole, "fn f () { # ! [allow (x)] wrap (# [kept] 1) }");
        assert_eq!(function.body.to_string(), "{ 1 }");
    }
}
