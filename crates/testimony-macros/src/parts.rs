//! The statements that hand parts to a decision or to an outcome, and the frame around those for the current decision.
//!
//! It never evaluates a user's expression unless something records the decision.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Ident, LitStr};

use crate::arguments::{Arguments, Named};
use crate::errors::Errors;
use crate::hook::{Hook, borrowed, local, site};

/// One part: a variant of the hook's `Role`, a name, and the expression for its content.
pub(crate) struct Part {
    role: &'static str,
    name: Option<LitStr>,
    value: Expr,
}

impl Part {
    /// The only part of its role.
    pub(crate) fn unnamed(role: &'static str, value: Expr) -> Self {
        Self { role, name: None, value }
    }

    /// A part that goes by its key.
    pub(crate) fn named(role: &'static str, named: Named) -> Self {
        let name = LitStr::new(&named.name(), named.key.span());
        Self { role, name: Some(name), value: named.value }
    }

    /// `holder.part(role, name, &value);`
    pub(crate) fn hand_to(&self, holder: &Ident, hook: &Hook) -> TokenStream {
        let role = Ident::new(self.role, site());
        let unnamed = || quote_spanned!(site()=> #hook::None);
        let name = &self.name;
        let name =
            name.as_ref().map_or_else(unnamed, |it| quote_spanned!(site()=> #hook::Some(#it)));
        let value = borrowed(&self.value);
        quote_spanned!(site()=> #holder.part(#hook::Role::#role, #name, #value);)
    }
}

/// Runs the statements with the current decision as `current`, if there is one that is recorded.
pub(crate) fn in_current(hook: &Hook, statements: &impl ToTokens) -> TokenStream {
    let current = local("current");
    quote_spanned! {site()=>
        if let #hook::Some(#current) = #hook::current() {
            #statements
        }
    }
}

/// Every argument as a part of one role.
pub(crate) fn all_in(role: &'static str, arguments: Arguments) -> Vec<Part> {
    let unnamed = arguments.values.into_iter().map(|value| Part::unnamed(role, value));
    let named = arguments.named.into_iter().map(|named| Part::named(role, named));
    unnamed.chain(named).collect()
}

/// Hands the parts to the current decision.
pub(crate) fn record(hook: &Hook, parts: &[Part]) -> TokenStream {
    let current = local("current");
    let statements: TokenStream = parts.iter().map(|part| part.hand_to(&current, hook)).collect();
    in_current(hook, &statements)
}

/// The whole of a macro whose parts share one role: `prompt!(value)` or `prompt!(name = value, …)`.
pub(crate) fn of_one_role(
    name: &str,
    role: &'static str,
    tokens: TokenStream,
) -> syn::Result<TokenStream> {
    let mut errors = Errors::none();
    let mut arguments = Arguments::parse(tokens, &mut errors);
    let hook = arguments.hook(&mut errors);
    check_one_or_named(name, &arguments, &mut errors);
    let parts = all_in(role, arguments);
    errors.or(Some(record(&hook, &parts)))
}

fn check_one_or_named(name: &str, arguments: &Arguments, errors: &mut Errors) {
    let (values, named) = (&arguments.values, &arguments.named);
    if values.is_empty() && named.is_empty() {
        let message = format!("`{name}` needs a value: `{name}(value)` or `{name}(name = value)`");
        errors.add(syn::Error::new(Span::call_site(), message));
    }
    let allowed = usize::from(named.is_empty());
    for value in values.iter().skip(allowed) {
        errors.at(value, "one of several values needs a name: `name = value`");
    }
}
