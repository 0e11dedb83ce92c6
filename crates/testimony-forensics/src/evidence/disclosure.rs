//! What of a decision's contents is disclosed with it, part by part.

use std::fmt;
use std::str::FromStr;

use testimony_record::label::Label;
use testimony_record::part::{Part, Role};

/// Which contents go with an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Disclosure {
    /// None.
    #[default]
    Nothing,
    /// All.
    Everything,
    /// Those of some parts.
    Parts(Vec<Selector>),
}

/// Parts of one role: all, or those of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// The role.
    pub role: Role,
    /// The name.
    pub name: Option<String>,
}

/// A text is no selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no part: give all, or a role such as prompt, or role:name such as context:policy"
)]
pub struct BadSelector(pub String);

/// Something is to be disclosed that the decision does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the decision has no part {asked}; it has {}", has.join(", "))]
pub struct NoSuchPart {
    /// What was asked for.
    pub asked: Selector,
    /// What there is.
    pub has: Vec<String>,
}

impl Disclosure {
    /// Reads selectors: `all`, or any number of `role` and `role:name`.
    ///
    /// # Errors
    /// At the first that is none.
    pub fn parse<'a>(selectors: impl IntoIterator<Item = &'a str>) -> Result<Self, BadSelector> {
        let (mut parts, mut everything) = (Vec::new(), false);
        for selector in selectors {
            if selector == "all" {
                everything = true;
            } else {
                parts.push(selector.parse()?);
            }
        }
        Ok(match (everything, parts.is_empty()) {
            (true, _) => Self::Everything,
            (false, true) => Self::Nothing,
            (false, false) => Self::Parts(parts),
        })
    }

    pub(super) fn covers(&self, part: &Part) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Parts(selectors) => selectors.iter().any(|selector| selector.is(part)),
        }
    }

    /// A selector that selects nothing is a slip that must not go unnoticed.
    pub(super) fn check(&self, parts: &[Part]) -> Result<(), NoSuchPart> {
        let Self::Parts(selectors) = self else { return Ok(()) };
        let idle = selectors.iter().find(|selector| !parts.iter().any(|part| selector.is(part)));
        let Some(asked) = idle.cloned() else { return Ok(()) };
        let mut has: Vec<String> =
            parts.iter().map(|part| Selector::of(part).to_string()).collect();
        has.sort_unstable();
        has.dedup();
        Err(NoSuchPart { asked, has })
    }
}

impl Selector {
    /// The one that selects a part by role and name.
    #[must_use]
    pub fn of(part: &Part) -> Self {
        Self { role: part.role, name: part.name.as_ref().map(ToString::to_string) }
    }

    fn is(&self, part: &Part) -> bool {
        let name = part.name.as_ref().map(Label::as_str);
        self.role == part.role && self.name.as_deref().is_none_or(|wanted| name == Some(wanted))
    }
}

impl FromStr for Selector {
    type Err = BadSelector;

    fn from_str(text: &str) -> Result<Self, BadSelector> {
        let (role, name) = match text.split_once(':') {
            Some((role, name)) => (role, Some(name.to_owned())),
            None => (text, None),
        };
        // The record's own spelling of a role, whatever it is.
        let role = serde_json::from_value(role.into());
        Ok(Self { role: role.map_err(|_| BadSelector(text.to_owned()))?, name })
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = serde_json::to_value(self.role).map_err(|_| fmt::Error)?;
        f.write_str(role.as_str().unwrap_or_default())?;
        self.name.iter().try_for_each(|name| write!(f, ":{name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_chosen_by_role_or_by_role_and_name() {
        let parse = |texts: &[&str]| Disclosure::parse(texts.iter().copied());
        assert_eq!(parse(&[]), Ok(Disclosure::Nothing));
        assert_eq!(parse(&["prompt", "all"]), Ok(Disclosure::Everything));
        let selectors = ["prompt", "context:credit:report"];
        let Ok(Disclosure::Parts(parts)) = parse(&selectors) else { panic!("parts") };
        assert_eq!(parts.iter().map(ToString::to_string).collect::<Vec<_>>(), selectors);
        for bad in ["", "prompts", "Prompt", ":policy", "all:x"] {
            assert_eq!(parse(&[bad]), Err(BadSelector(bad.to_owned())));
        }
    }
}
