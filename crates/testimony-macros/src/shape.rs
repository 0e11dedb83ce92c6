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
    /// The words that say something by standing there, without a value.
    pub(crate) flags: &'static [&'static str],
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
        let mut arguments = Arguments::parse(tokens, errors);
        self.take_flags(&mut arguments, errors);
        self.check_values(&arguments, errors);
        self.check_keys(&arguments, errors);
        self.check_repeats(&arguments, errors);
        arguments
    }

    /// A word that this macro knows as a flag is no value, and has none.
    fn take_flags(&self, arguments: &mut Arguments, errors: &mut Errors) {
        let flags = arguments.values.extract_if(.., |value| self.flag(value).is_some());
        arguments.flags = flags.filter_map(|value| lone_word(&value).cloned()).collect();
        for named in arguments.named.extract_if(.., |named| self.is_flag(&named.key)) {
            errors.at(&named.key, format!("`{0}` stands alone: `{0}`, not `{0} = …`", named.key));
        }
        for (index, flag) in arguments.flags.iter().enumerate() {
            if arguments.flags.iter().take(index).any(|earlier| earlier == flag) {
                errors.at(flag, format!("`{flag}` is given twice"));
            }
        }
    }

    fn flag<'a>(&self, value: &'a Expr) -> Option<&'a Ident> {
        lone_word(value).filter(|word| self.is_flag(word))
    }

    fn is_flag(&self, word: &Ident) -> bool {
        self.flags.iter().any(|flag| word == flag)
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
            let known: Vec<_> = self.flags.iter().chain(self.keys).copied().collect();
            let known = listed(&known);
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
        lone_word(value).filter(|key| self.knows(&key.to_string()))
    }
}

fn lone_word(value: &Expr) -> Option<&Ident> {
    let Expr::Path(path) = value else { return None };
    path.path.get_ident()
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
        flags: &["twice"],
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
        assert!(mistakes(quote!(twice, v, by = a, on = b, on = c, crate = x,)).is_empty());
    }

    #[test]
    fn every_misfit_is_named() {
        assert_eq!(
            mistakes(quote!(v, by, 3, to = a, by = b, by = c)),
            [
                "`by` needs a value: `by = …`",
                "one value too many: `weigh!(value, by = …, on = …)`",
                "`weigh!` does not know `to`, only `twice`, `by` and `on`",
                "`by` is given twice",
            ]
        );
        assert_eq!(mistakes(quote!()), ["the value is missing: `weigh!(value, by = …, on = …)`"]);
    }

    #[test]
    fn a_flag_stands_alone_and_once() {
        assert_eq!(
            mistakes(quote!(v, twice, twice, twice = true)),
            ["`twice` stands alone: `twice`, not `twice = …`", "`twice` is given twice"]
        );
    }
}
