//! Where spans go and how, once the code and the environment have been heard.

use std::time::Duration;

use crate::environment::{Endpoint, Environment, TlsFiles};
use crate::options::Options;
use crate::protocol::Protocol;

/// Where an OTLP/HTTP server takes spans, below its base URL.
const TRACES: &str = "/v1/traces";

/// Where it takes metrics.
const METRICS: &str = "/v1/metrics";

/// Where a collector listens on this machine.
const LOCAL_HTTP: &str = "http://localhost:4318";
const LOCAL_GRPC: &str = "http://localhost:4317";

/// One endpoint, and how to speak to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) protocol: Protocol,
    /// The whole address.
    pub(crate) endpoint: String,
    pub(crate) timeout: Duration,
    pub(crate) tls: TlsFiles,
    /// What of the environment made no sense and was left aside.
    pub(crate) unheeded: Option<String>,
}

impl Target {
    pub(crate) fn of(options: &Options, environment: &Environment) -> Self {
        let (said, unheeded) = match environment.protocol() {
            Ok(protocol) => (protocol, None),
            Err(why) => (None, Some(why)),
        };
        let protocol = options.protocol.or(said).unwrap_or_default();
        let endpoint =
            options.endpoint.clone().map(Endpoint::Base).or_else(|| environment.endpoint());
        Self {
            protocol,
            endpoint: address(protocol, endpoint, TRACES),
            timeout: environment.timeout(),
            tls: environment.tls_files(),
            unheeded,
        }
    }

    /// Where metrics go, where the code or the environment asks for them. Where one of its variables is for metrics alone, it
    /// goes before what the code says of the endpoint for spans.
    pub(crate) fn of_metrics(options: &Options, environment: Environment) -> Option<Self> {
        let environment = environment.for_metrics();
        if !options.metrics.unwrap_or_else(|| environment.asks_for_signal()) {
            return None;
        }
        let said = environment.protocol().unwrap_or_default();
        let protocol = options.protocol.or(said).unwrap_or_default();
        let base = || options.endpoint.clone().map(Endpoint::Base);
        let endpoint = match environment.endpoint() {
            Some(Endpoint::Whole(address)) => Some(Endpoint::Whole(address)),
            general => base().or(general),
        };
        Some(Self {
            protocol,
            endpoint: address(protocol, endpoint, METRICS),
            timeout: environment.timeout(),
            tls: environment.tls_files(),
            unheeded: None,
        })
    }

    /// The address without a user, a password and a query, which may hold a secret: what it is known by.
    pub(crate) fn name(&self) -> String {
        let address = self.endpoint.split(['?', '#']).next().unwrap_or_default();
        let scheme = address.find("://").map_or(0, |at| at + "://".len());
        let (scheme, rest) = address.split_at(scheme);
        let authority = rest.split('/').next().unwrap_or_default();
        let user = authority.rfind('@').map_or(0, |at| at + 1);
        format!("{scheme}{}", rest.get(user..).unwrap_or_default())
    }
}

fn address(protocol: Protocol, endpoint: Option<Endpoint>, path: &str) -> String {
    let local = if protocol == Protocol::Grpc { LOCAL_GRPC } else { LOCAL_HTTP };
    match endpoint.unwrap_or_else(|| Endpoint::Base(local.to_owned())) {
        Endpoint::Whole(address) => address,
        Endpoint::Base(address) if protocol == Protocol::Grpc => address,
        Endpoint::Base(base) => format!("{}{path}", base.trim_end_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(endpoint: &str) -> String {
        let target = Target {
            protocol: Protocol::default(),
            endpoint: endpoint.to_owned(),
            timeout: Duration::ZERO,
            tls: TlsFiles::default(),
            unheeded: None,
        };
        target.name()
    }

    #[test]
    fn what_a_destination_is_known_by_holds_no_secret() {
        for (endpoint, name) in [
            ("http://collector:4318/v1/traces", "http://collector:4318/v1/traces"),
            ("https://me:p%40ss@c.example/v1/traces?key=s#x", "https://c.example/v1/traces"),
            ("http://c/a@b", "http://c/a@b"),
            ("http://u:p@w@c/", "http://c/"),
            ("collector:4317", "collector:4317"),
            ("u:p@collector:4317", "collector:4317"),
        ] {
            assert_eq!(named(endpoint), name);
        }
    }

    #[test]
    fn the_path_of_traces_is_added_to_a_base_and_only_over_http() {
        let base = |text: &str| Some(Endpoint::Base(text.to_owned()));
        let whole = Some(Endpoint::Whole("http://c/in".to_owned()));
        assert_eq!(
            address(Protocol::HttpProtobuf, base("http://c/"), TRACES),
            "http://c/v1/traces"
        );
        assert_eq!(
            address(Protocol::HttpJson, base("http://c/otlp"), TRACES),
            "http://c/otlp/v1/traces"
        );
        assert_eq!(address(Protocol::HttpProtobuf, whole, TRACES), "http://c/in");
        assert_eq!(address(Protocol::Grpc, base("http://c:4317"), TRACES), "http://c:4317");
        assert_eq!(
            address(Protocol::HttpProtobuf, None, TRACES),
            "http://localhost:4318/v1/traces"
        );
        assert_eq!(address(Protocol::Grpc, None, TRACES), "http://localhost:4317");
    }

    fn metrics(variables: &'static [(&str, &str)], options: &Options) -> Option<String> {
        let environment = Environment::of(move |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        Target::of_metrics(options, environment).map(|target| target.endpoint)
    }

    #[test]
    fn metrics_go_nowhere_unless_they_are_asked_for_by_name() {
        const BASE: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c");
        const OWN: (&str, &str) = ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://m/in");
        const OTLP: (&str, &str) = ("OTEL_METRICS_EXPORTER", "otlp");
        const TRACES_ONLY: (&str, &str) = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t/in");
        let (unsaid, mut by_code) = (Options::default(), Options::default());
        by_code.endpoint = Some("http://code".to_owned());
        by_code.metrics = Some(true);
        let to = |address: &str| Some(address.to_owned());
        assert_eq!(metrics(&[BASE], &unsaid), None);
        assert_eq!(metrics(&[TRACES_ONLY], &unsaid), None);
        assert_eq!(metrics(&[OWN], &unsaid), to("http://m/in"));
        assert_eq!(metrics(&[OWN, ("OTEL_METRICS_EXPORTER", "none")], &unsaid), None);
        assert_eq!(metrics(&[OWN, ("OTEL_SDK_DISABLED", "true")], &unsaid), None);
        assert_eq!(metrics(&[BASE, OTLP], &unsaid), to("http://c/v1/metrics"));
        assert_eq!(metrics(&[BASE], &by_code), to("http://code/v1/metrics"));
        assert_eq!(metrics(&[OWN], &by_code), to("http://m/in"));
    }
}
