//! What the operator says through the environment: each variable of [`variables`](crate::variables), read and made sense of.
//!
//! Headers, compression and `INSECURE` are read by `opentelemetry-otlp` itself, `OTEL_SERVICE_NAME` and
//! `OTEL_RESOURCE_ATTRIBUTES` by the SDK.

use std::path::PathBuf;
use std::time::Duration;

use crate::mapping::Conventions;
use crate::protocol::Protocol;
use crate::variables::{
    CAPTURE_CONTENT, CERTIFICATE, CLIENT_CERTIFICATE, CLIENT_KEY, ENDPOINT, PROTOCOL, SDK_DISABLED,
    STABILITY, TIMEOUT, TRACES_EXPORTER, Variable,
};

/// How long the endpoint may take to answer, where nobody says otherwise.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Whether the environment asks for an export: it names an endpoint, or the exporter `otlp`, and switches nothing off.
#[must_use]
pub fn configured() -> bool {
    Environment::of_process().configured()
}

/// Looks variables up; tests bring their own.
pub(crate) struct Environment(LookUp);

type LookUp = Box<dyn Fn(&str) -> Option<String>>;

/// Where the environment says that spans go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// As it stands.
    Whole(String),
    /// Over HTTP, the path of the signal is still to be added.
    Base(String),
}

/// Files for TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) client_certificate: Option<PathBuf>,
    pub(crate) client_key: Option<PathBuf>,
}

impl Environment {
    pub(crate) fn of_process() -> Self {
        Self(Box::new(|name| std::env::var(name).ok()))
    }

    #[cfg(test)]
    pub(crate) fn of(look_up: impl Fn(&str) -> Option<String> + 'static) -> Self {
        Self(Box::new(look_up))
    }

    fn configured(&self) -> bool {
        !self.switches_off()
            && (self.get(ENDPOINT).is_some() || self.get(TRACES_EXPORTER).is_some())
    }

    /// Whether nothing is to be exported, whatever else is said.
    pub(crate) fn switches_off(&self) -> bool {
        let disabled = self.get(SDK_DISABLED);
        let exporters = self.get(TRACES_EXPORTER);
        disabled.is_some_and(|value| value.eq_ignore_ascii_case("true"))
            || exporters.is_some_and(|list| !list.split(',').any(|name| name.trim() == "otlp"))
    }

    /// The same environment, read for metrics: their variables are called like those for traces.
    pub(crate) fn for_metrics(self) -> Self {
        let Self(look_up) = self;
        Self(Box::new(move |name| look_up(&name.replace("_TRACES", "_METRICS"))))
    }

    /// Whether it asks for this signal by name: it names the exporter `otlp`, or an endpoint for this signal alone.
    pub(crate) fn asks_for_signal(&self) -> bool {
        let whole = || matches!(self.endpoint(), Some(Endpoint::Whole(_)));
        !self.switches_off() && (self.get(TRACES_EXPORTER).is_some() || whole())
    }

    /// Whether message content may travel on spans. `EVENT_ONLY` does not ask for that.
    pub(crate) fn asks_for_content(&self) -> bool {
        let value = self.get(CAPTURE_CONTENT).unwrap_or_default().to_ascii_lowercase();
        matches!(value.as_str(), "true" | "1" | "span_only" | "span_and_event")
    }

    pub(crate) fn conventions(&self) -> Conventions {
        Conventions::opted_in(&self.get(STABILITY).unwrap_or_default())
    }

    /// `Err` for a protocol that there is none of: it counts as unset, as the specification has it.
    pub(crate) fn protocol(&self) -> Result<Option<Protocol>, String> {
        let Some(word) = self.get(PROTOCOL) else { return Ok(None) };
        let known = Protocol::ALL.into_iter().find(|protocol| protocol.as_str() == word);
        known.map(Some).ok_or_else(|| format!("{} names no protocol: {word}", PROTOCOL.name))
    }

    pub(crate) fn endpoint(&self) -> Option<Endpoint> {
        let for_traces = ENDPOINT.for_traces.and_then(|name| self.value(name)).map(Endpoint::Whole);
        for_traces.or_else(|| self.value(ENDPOINT.name).map(Endpoint::Base))
    }

    pub(crate) fn tls_files(&self) -> TlsFiles {
        let file = |variable| self.get(variable).map(PathBuf::from);
        TlsFiles {
            certificate: file(CERTIFICATE),
            client_certificate: file(CLIENT_CERTIFICATE),
            client_key: file(CLIENT_KEY),
        }
    }

    /// The timeout in milliseconds, as the specification has it; what is no number counts as unset.
    pub(crate) fn timeout(&self) -> Duration {
        let millis = names(TIMEOUT).find_map(|name| self.value(name)?.parse().ok());
        millis.map_or(REQUEST_TIMEOUT, Duration::from_millis)
    }

    fn get(&self, variable: Variable) -> Option<String> {
        names(variable).find_map(|name| self.value(name))
    }

    /// An empty variable counts as unset, which the specification asks for.
    fn value(&self, name: &str) -> Option<String> {
        let value = (self.0)(name)?.trim().to_owned();
        (!value.is_empty()).then_some(value)
    }
}

fn names(variable: Variable) -> impl Iterator<Item = &'static str> {
    variable.for_traces.into_iter().chain([variable.name])
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    const BASE: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");

    fn with<T>(variables: &[(&str, &str)], ask: impl FnOnce(&Environment) -> T) -> T {
        let variables: HashMap<String, String> =
            variables.iter().map(|&(name, value)| (name.into(), value.into())).collect();
        ask(&Environment(Box::new(move |name| variables.get(name).cloned())))
    }

    #[test]
    fn an_endpoint_for_all_signals_or_for_traces_configures_unless_something_is_switched_off() {
        let whole = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c");
        for (variables, configured) in [
            (&[BASE][..], true),
            (&[whole], true),
            (&[BASE, ("OTEL_SDK_DISABLED", "True")], false),
            (&[BASE, ("OTEL_TRACES_EXPORTER", "none")], false),
            (&[BASE, ("OTEL_TRACES_EXPORTER", "console, otlp")], true),
            (&[("OTEL_TRACES_EXPORTER", "otlp")], true),
            (&[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")], false),
            (&[], false),
        ] {
            assert_eq!(with(variables, Environment::configured), configured, "{variables:?}");
        }
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
            let set = [(CAPTURE_CONTENT.name, value)];
            assert_eq!(with(&set, Environment::asks_for_content), asked, "{value}");
        }
    }

    #[test]
    fn what_is_said_for_traces_goes_before_what_is_said_for_all_signals() {
        let both = [
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ];
        assert_eq!(with(&both, Environment::protocol), Ok(Some(Protocol::HttpJson)));
        assert_eq!(with(&both[1..], Environment::protocol), Ok(Some(Protocol::Grpc)));
        let both =
            [("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "soon"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "250")];
        assert_eq!(with(&both, Environment::timeout), Duration::from_millis(250));
        assert_eq!(with(&[], Environment::timeout), REQUEST_TIMEOUT);
        let both = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t/in"), BASE];
        let whole = Endpoint::Whole("http://t/in".to_owned());
        assert_eq!(with(&both, Environment::endpoint), Some(whole));
        let base = Endpoint::Base(BASE.1.to_owned());
        assert_eq!(with(&both[1..], Environment::endpoint), Some(base));
    }

    #[test]
    fn an_unknown_protocol_is_named() {
        let carrier = [("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon")];
        let said = with(&carrier, Environment::protocol).unwrap_err();
        assert_eq!(said, "OTEL_EXPORTER_OTLP_PROTOCOL names no protocol: carrier-pigeon");
    }

    #[test]
    fn files_for_tls_are_found_under_either_name() {
        let files = with(
            &[
                ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem"),
                ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", "/me.pem"),
                ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/key.pem"),
            ],
            Environment::tls_files,
        );
        let file = |name: &str| Some(PathBuf::from(name));
        let expected = TlsFiles {
            certificate: file("/ca.pem"),
            client_certificate: file("/me.pem"),
            client_key: file("/key.pem"),
        };
        assert_eq!(files, expected);
    }
}
