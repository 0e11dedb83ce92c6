//! What the operator says through the environment. The variables are OpenTelemetry's own; none is invented here.
//!
//! Endpoint, headers and compression are read by `opentelemetry-otlp` itself.

use std::time::Duration;

const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
const PROTOCOLS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
const TIMEOUTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
const DISABLED: &str = "OTEL_SDK_DISABLED";
const CAPTURE: &str = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";

/// How long the endpoint may take to answer, where nobody says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Whether the environment names an endpoint for traces, and does not switch OpenTelemetry off.
#[must_use]
pub fn configured() -> bool {
    Environment::of_process().configured()
}

/// Looks variables up; tests bring their own.
pub(crate) struct Environment(LookUp);

type LookUp = Box<dyn Fn(&str) -> Option<String>>;

impl Environment {
    pub(crate) fn of_process() -> Self {
        Self(Box::new(|name| std::env::var(name).ok()))
    }

    fn configured(&self) -> bool {
        let disabled =
            self.first(&[DISABLED]).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        !disabled && self.first(&ENDPOINTS).is_some()
    }

    /// Whether message content may travel on spans. `EVENT_ONLY` does not ask for that.
    pub(crate) fn asks_for_content(&self) -> bool {
        let value = self.first(&[CAPTURE]).unwrap_or_default().to_ascii_lowercase();
        matches!(value.as_str(), "true" | "1" | "span_only" | "span_and_event")
    }

    pub(crate) fn asks_for_grpc(&self) -> bool {
        self.first(&PROTOCOLS).is_some_and(|protocol| protocol.eq_ignore_ascii_case("grpc"))
    }

    /// The timeout in milliseconds, as the specification has it; what is no number counts as unset.
    pub(crate) fn timeout(&self) -> Duration {
        let millis = TIMEOUTS.iter().find_map(|name| self.first(&[name])?.parse().ok());
        millis.map_or(TIMEOUT, Duration::from_millis)
    }

    /// The first variable that is set; an empty one counts as unset, which the specification asks for.
    fn first(&self, names: &[&str]) -> Option<String> {
        let values = names.iter().filter_map(|name| (self.0)(name));
        values.map(|value| value.trim().to_owned()).find(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn with<T>(variables: &[(&str, &str)], ask: impl FnOnce(&Environment) -> T) -> T {
        let variables: HashMap<String, String> =
            variables.iter().map(|&(name, value)| (name.into(), value.into())).collect();
        ask(&Environment(Box::new(move |name| variables.get(name).cloned())))
    }

    #[test]
    fn an_endpoint_for_all_signals_or_for_traces_configures_unless_the_sdk_is_disabled() {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
        assert!(with(&[endpoint], Environment::configured));
        assert!(with(
            &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c")],
            Environment::configured
        ));
        assert!(!with(&[endpoint, ("OTEL_SDK_DISABLED", "True")], Environment::configured));
        assert!(!with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")], Environment::configured));
        assert!(!with(&[], Environment::configured));
    }

    #[test]
    fn content_travels_only_where_spans_are_named() {
        for (value, asked) in [
            ("true", true),
            ("1", true),
            ("SPAN_ONLY", true),
            ("span_and_event", true),
            ("EVENT_ONLY", false),
            ("NO_CONTENT", false),
            ("false", false),
            ("", false),
        ] {
            assert_eq!(with(&[(CAPTURE, value)], Environment::asks_for_content), asked, "{value}");
        }
    }

    #[test]
    fn what_is_said_for_traces_goes_before_what_is_said_for_all_signals() {
        let both = [(PROTOCOLS[0], "http/protobuf"), (PROTOCOLS[1], "grpc")];
        assert!(!with(&both, Environment::asks_for_grpc));
        assert!(with(&both[1..], Environment::asks_for_grpc));
        let both = [(TIMEOUTS[0], "soon"), (TIMEOUTS[1], "250")];
        assert_eq!(with(&both, Environment::timeout), Duration::from_millis(250));
        assert_eq!(with(&[], Environment::timeout), TIMEOUT);
    }
}
