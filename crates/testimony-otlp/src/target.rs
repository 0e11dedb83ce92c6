//! Where spans go and how, once the code and the environment have been heard.

use std::time::Duration;

use crate::environment::{Endpoint, Environment, TlsFiles};
use crate::options::{Options, Protocol};

/// Where an OTLP/HTTP server takes spans, below its base URL.
const PATH: &str = "/v1/traces";

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
            endpoint: address(protocol, endpoint),
            timeout: environment.timeout(),
            tls: environment.tls_files(),
            unheeded,
        }
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

fn address(protocol: Protocol, endpoint: Option<Endpoint>) -> String {
    let local = if protocol == Protocol::Grpc { LOCAL_GRPC } else { LOCAL_HTTP };
    match endpoint.unwrap_or_else(|| Endpoint::Base(local.to_owned())) {
        Endpoint::Whole(address) => address,
        Endpoint::Base(address) if protocol == Protocol::Grpc => address,
        Endpoint::Base(base) => format!("{}{PATH}", base.trim_end_matches('/')),
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
        assert_eq!(address(Protocol::HttpProtobuf, base("http://c/")), "http://c/v1/traces");
        assert_eq!(address(Protocol::HttpJson, base("http://c/otlp")), "http://c/otlp/v1/traces");
        assert_eq!(address(Protocol::HttpProtobuf, whole), "http://c/in");
        assert_eq!(address(Protocol::Grpc, base("http://c:4317")), "http://c:4317");
        assert_eq!(address(Protocol::HttpProtobuf, None), "http://localhost:4318/v1/traces");
        assert_eq!(address(Protocol::Grpc, None), "http://localhost:4317");
    }
}
