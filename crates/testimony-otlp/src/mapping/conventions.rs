//! Which version of the `GenAI` conventions the `gen_ai.*` names are taken from. The names themselves stand in
//! [`names`](super::names).

/// A version of the OpenTelemetry `GenAI` conventions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Conventions {
    /// 1.41.1, the last version with a tag, which backends know.
    #[default]
    V1_41,
    /// The names of the repository that the conventions moved to, `semantic-conventions-genai`. It has no tagged version
    /// yet, and keeps changing.
    Latest,
}

impl Conventions {
    /// What `OTEL_SEMCONV_STABILITY_OPT_IN` asks for: [`Conventions::Latest`] where `gen_ai_latest_experimental` is among
    /// its comma-separated words.
    ///
    /// ```
    /// use testimony_otlp::mapping::Conventions;
    ///
    /// assert_eq!(Conventions::opted_in("http, gen_ai_latest_experimental"), Conventions::Latest);
    /// assert_eq!(Conventions::opted_in(""), Conventions::V1_41);
    /// ```
    #[must_use]
    pub fn opted_in(words: &str) -> Self {
        let latest = words.split(',').any(|word| word.trim() == "gen_ai_latest_experimental");
        if latest { Self::Latest } else { Self::V1_41 }
    }

    /// What stands in [`names::MAPPING`](super::names::MAPPING): the version of this mapping, and which conventions.
    #[must_use]
    pub const fn mapping(self) -> &'static str {
        match self {
            Self::V1_41 => "2",
            Self::Latest => "2-latest",
        }
    }

    /// The conventions of a span, from what stands there. `None` for a mapping that this one does not know.
    #[must_use]
    pub fn of_mapping(mapping: &str) -> Option<Self> {
        [Self::V1_41, Self::Latest].into_iter().find(|known| known.mapping() == mapping)
    }

    /// The schema URL of the scope.
    pub(crate) const fn schema_url(self) -> &'static str {
        match self {
            Self::V1_41 => "https://opentelemetry.io/schemas/1.41.0",
            Self::Latest => "https://opentelemetry.io/schemas/gen-ai/1.42.0",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conventions_can_be_read_off_a_span() {
        for conventions in [Conventions::V1_41, Conventions::Latest] {
            assert_eq!(Conventions::of_mapping(conventions.mapping()), Some(conventions));
        }
        assert_eq!(Conventions::of_mapping("1"), None);
    }

    #[test]
    fn only_the_word_itself_opts_in() {
        assert_eq!(Conventions::opted_in("gen_ai_latest_experimental"), Conventions::Latest);
        assert_eq!(Conventions::opted_in("gen_ai_latest_experimental_2"), Conventions::V1_41);
        assert_eq!(Conventions::opted_in("database/dup"), Conventions::V1_41);
    }
}
