//! What a macro expects between its parentheses, as data, and the mistakes that follow from it.
//!
//! It never looks inside a value.

use proc_macro2::{Span, TokenStream};
use syn::{Expr, Ident};

use crate::arguments::{Arguments, Named, needs_value};
use crate::errors::Errors;

/// The form of a macro's arguments.
pub(crate) struct Shape {
    /// The macro, as the user writes it.
    pub(crate) name: &'static str,
    /// The whole call, for messages.
    pub(crate) usage: &'static str,
    /// The values that come without a key, by what they are.
    pub(crate) values: &'static [&'static str],
    /// The keys the macro knows.
    pub(crate) keys: &'static [&'static str],
    /// Whether keys of the user's own are welcome too.
    pub(crate) open: bool,
    /// The keys that may come more than once.
    pub(crate) repeats: &'static [&'static str],
}

impl Shape {
    /// Reads the arguments and notes everything that is not of this form.
    pub(crate) fn read(&self, tokens: TokenStream, errors: &mut Errors) -> Arguments {
        let arguments = Arguments::parse(tokens, errors);
        self.check_values(&arguments, errors);
        self.check_keys(&arguments, errors);
        self.check_repeats(&arguments, errors);
        arguments
    }

    fn check_values(&self, arguments: &Arguments, errors: &mut Errors) {
        for value in arguments.values.iter().skip(self.values.len()) {
            match self.lone_key(value) {
                Some(key) => errors.add(needs_value(key)),
                None => errors.at(value, format!("one value too many: `{}`", self.usage)),
            }
        }
        for missing in self.values.iter().skip(arguments.values.len()) {
            let message = format!("{missing} is missing: `{}`", self.usage);
            errors.add(syn::Error::new(Span::call_site(), message));
        }
    }

    fn check_keys(&self, arguments: &Arguments, errors: &mut Errors) {
        let unknown = |named: &&Named| !self.open && !self.knows(&named.name());
        for named in arguments.named.iter().filter(unknown) {
            let known = listed(self.keys);
            let message = format!("`{}` does not know `{}`, only {known}", self.name, named.name());
            errors.at(&named.key, message);
        }
    }

    fn check_repeats(&self, arguments: &Arguments, errors: &mut Errors) {
        let named = &arguments.named;
        for (index, one) in named.iter().enumerate() {
            let name = one.name();
            let seen = named.iter().take(index).any(|earlier| earlier.name() == name);
            if seen && !self.repeats.contains(&name.as_str()) {
                errors.at(&one.key, format!("`{name}` is given twice"));
            }
        }
    }

    fn knows(&self, key: &str) -> bool {
        key == "crate" || self.keys.contains(&key)
    }

    fn lone_key<'a>(&self, value: &'a Expr) -> Option<&'a Ident> {
        let Expr::Path(path) = value else { return None };
        path.path.get_ident().filter(|key| self.knows(&key.to_string()))
    }
}

/// `a`, `b` and `c`.
fn listed(keys: &[&str]) -> String {
    let quoted: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    const SHAPE: Shape = Shape {
        name: "weigh!",
        usage: "weigh!(value, by = …, on = …)",
        values: &["the value"],
        keys: &["by", "on"],
        open: false,
        repeats: &["on"],
    };

    fn mistakes(tokens: TokenStream) -> Vec<String> {
        let mut errors = Errors::none();
        SHAPE.read(tokens, &mut errors);
        let mistakes = errors.or(Some(())).err().into_iter().flatten();
        mistakes.map(|mistake| mistake.to_string()).collect()
    }

    #[test]
    fn what_fits_passes() {
        assert!(mistakes(quote!(v, by = a, on = b, on = c, crate = x,)).is_empty());
    }

    #[test]
    fn every_misfit_is_named() {
        assert_eq!(
            mistakes(quote!(v, by, 3, to = a, by = b, by = c)),
            [
                "`by` needs a value: `by = …`",
                "one value too many: `weigh!(value, by = …, on = …)`",
                "`weigh!` does not know `to`, only `by` and `on`",
                "`by` is given twice",
            ]
        );
        assert_eq!(mistakes(quote!()), ["the value is missing: `weigh!(value, by = …, on = …)`"]);
    }
}
