//! What is written between the parentheses: values, and `key = value` pairs, separated by commas.
//!
//! It never gives up at a malformed argument: it notes the mistake, skips to the next comma and reads on.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, Path, Token};

use crate::errors::Errors;
use crate::hook::Hook;

/// A `key = value` pair.
pub(crate) struct Named {
    /// The key, which may be a keyword: `type = kind`.
    pub(crate) key: Ident,
    /// The value.
    pub(crate) value: Expr,
}

impl Named {
    /// The key as text; a raw identifier loses its prefix.
    pub(crate) fn name(&self) -> String {
        self.key.unraw().to_string()
    }
}

/// All arguments of one call.
#[derive(Default)]
pub(crate) struct Arguments {
    /// The values without a key, in order.
    pub(crate) values: Vec<Expr>,
    /// The pairs, in order.
    pub(crate) named: Vec<Named>,
    /// The words that say something by standing there, in order.
    pub(crate) flags: Vec<Ident>,
}

impl Arguments {
    /// Reads the arguments; what cannot be read becomes a mistake and is left out.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut arguments = Self::default();
        let read = |input: ParseStream| {
            while !input.is_empty() {
                arguments.one(input, errors);
            }
            Ok(())
        };
        let result = read.parse2(tokens);
        errors.take(result);
        arguments
    }

    fn one(&mut self, input: ParseStream, errors: &mut Errors) {
        let read = if named(input) { self.pair(input) } else { self.value(input) };
        if let Err(error) = read.and_then(|()| comma(input)) {
            errors.add(error);
            skip_to_comma(input);
        }
    }

    fn pair(&mut self, input: ParseStream) -> syn::Result<()> {
        let key = Ident::parse_any(input)?;
        input.parse::<Token![=]>()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(needs_value(&key));
        }
        self.named.push(Named { key, value: input.parse()? });
        Ok(())
    }

    fn value(&mut self, input: ParseStream) -> syn::Result<()> {
        self.values.push(input.parse()?);
        Ok(())
    }

    /// Takes out the pairs of one key.
    pub(crate) fn take(&mut self, key: &str) -> Vec<Named> {
        self.named.extract_if(.., |named| named.name() == key).collect()
    }

    /// The flag of this name, where it stands.
    pub(crate) fn flag(&self, name: &str) -> Option<Ident> {
        self.flags.iter().find(|flag| *flag == name).cloned()
    }

    /// Takes out `crate = path`, which says where the facade is.
    pub(crate) fn hook(&mut self, errors: &mut Errors) -> Hook {
        let path = self.take("crate").pop().and_then(|given| errors.take(facade(given.value)));
        path.map_or_else(Hook::usual, |path| Hook::under(&path))
    }
}

/// The mistake of a key that stands alone.
pub(crate) fn needs_value(key: &Ident) -> syn::Error {
    syn::Error::new(key.span(), format!("`{key}` needs a value: `{key} = …`"))
}

fn facade(value: Expr) -> syn::Result<Path> {
    match value {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path),
        other => {
            Err(syn::Error::new_spanned(other, "`crate` takes a path: `crate = ::my::testimony`"))
        }
    }
}

fn named(input: ParseStream) -> bool {
    let equals = input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>]);
    input.peek(Ident::peek_any) && equals
}

fn comma(input: ParseStream) -> syn::Result<()> {
    if input.is_empty() { Ok(()) } else { input.parse::<Token![,]>().map(drop) }
}

fn skip_to_comma(input: ParseStream) {
    while !input.is_empty() && !input.peek(Token![,]) {
        // Any token can be read as a tree, so this cannot fail before the end.
        let _ = input.parse::<TokenTree>();
    }
    let _ = input.parse::<Option<Token![,]>>();
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};

    use super::*;

    fn read(tokens: TokenStream) -> (Vec<String>, Vec<String>) {
        let mut errors = Errors::none();
        let arguments = Arguments::parse(tokens, &mut errors);
        let values = arguments.values.iter().map(|value| value.to_token_stream().to_string());
        let named = arguments.named.iter().map(Named::name);
        let mistakes = errors.or(Some(())).err().into_iter().flatten();
        (values.chain(named).collect(), mistakes.map(|mistake| mistake.to_string()).collect())
    }

    #[test]
    fn commas_inside_an_expression_do_not_split_it() {
        let (read, mistakes) = read(quote!(f::<A, B>(), |a, b| a, key = g(1, 2),));
        assert_eq!(read, ["f :: < A , B > ()", "| a , b | a", "key"]);
        assert!(mistakes.is_empty());
    }

    #[test]
    fn a_comparison_is_a_value_and_not_a_pair() {
        assert_eq!(read(quote!(a == b)).0, ["a == b"]);
    }

    #[test]
    fn keywords_and_raw_identifiers_are_keys() {
        assert_eq!(read(quote!(type = a, r#match = b)).0, ["type", "match"]);
    }

    #[test]
    fn reading_goes_on_after_each_mistake() {
        let (read, mistakes) = read(quote!(a = , b = 1 2, c = 3, = d, e));
        assert_eq!(read, ["e", "b", "c"]);
        assert_eq!(
            mistakes,
            ["`a` needs a value: `a = …`", "expected `,`", "expected an expression"]
        );
    }
}
