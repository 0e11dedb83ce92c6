//! Every `OTEL_*` variable of the specification, set for a process that exports, as the receiver sees its effect.

mod support;

#[allow(dead_code, reason = "a part of it is for other tests")]
#[path = "../../testimony-otlp/tests/support/receiver.rs"]
mod receiver;

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use receiver::{Endpoint, Request, attributes, spans_of};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use support::{Answer, Desk, answer, command};

fn export(desk: &Desk, variables: &[(&str, &str)]) -> Answer {
    let args = ["--ledger", "ledger", "export", "--otlp", "--patience", "1"];
    let mut command = command(desk.path(), &args);
    answer(command.envs(variables.iter().copied()))
}

/// Exports a small ledger, and gives what the endpoint was asked.
fn requests(endpoint: &Endpoint, variables: &[(&str, &str)]) -> Vec<Request> {
    let desk = Desk::with_a_loan();
    let answer = export(&desk, variables);
    assert_eq!(answer.code, 0, "{}", answer.seen());
    let requests = endpoint.requests();
    assert!(!requests.is_empty());
    requests
}

#[test]
fn headers_compression_and_the_service_name_reach_the_endpoint() {
    let endpoint = Endpoint::start([]);
    let requests = requests(
        &endpoint,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint.url),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=loans%20desk,authorization=Bearer%20secret"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_SERVICE_NAME", "loan-desk"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test"),
        ],
    );
    let head = &requests[0].head;
    for line in ["x-tenant: loans desk", "authorization: bearer secret", "content-encoding: gzip"] {
        assert!(head.contains(line), "{line} is not in {head}");
    }
    let resource = requests[0].body.resource_spans[0].resource.as_ref().unwrap();
    let said = format!("{:?}", resource.attributes);
    assert!(said.contains("loan-desk") && said.contains("deployment.environment.name"), "{said}");
}

#[test]
fn what_is_said_for_traces_goes_first() {
    let endpoint = Endpoint::start([]);
    let whole = format!("{}/v1/traces", endpoint.url);
    let requests = requests(
        &endpoint,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &whole),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-for=all"),
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-for=traces"),
            ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "9000"),
        ],
    );
    let head = &requests[0].head;
    assert!(head.contains("x-for: traces") && head.contains("content-type: application/json"));
}

#[test]
fn content_and_the_newer_names_are_asked_for_by_their_variables() {
    let endpoint = Endpoint::start([]);
    let requests = requests(
        &endpoint,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint.url),
            ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "span_only"),
            ("OTEL_SEMCONV_STABILITY_OPT_IN", "gen_ai_latest_experimental"),
        ],
    );
    let spans: Vec<_> = requests.into_iter().flat_map(|request| spans_of(request.body)).collect();
    assert!(spans.iter().any(|span| attributes(span).contains_key("gen_ai.input.messages")));
    assert!(spans.iter().all(|span| attributes(span)["testimony.mapping"] == "2-latest"));
}

/// Certificates made for this run, as files.
struct Papers {
    dir: tempfile::TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Papers {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let papers = Self { dir: tempfile::tempdir().unwrap(), issuer };
        papers.file("ca.pem", &papers.issuer.pem());
        papers
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A receiver that speaks TLS, and wants to see a certificate where `asks`.
    fn endpoint(&self, asks: bool) -> Endpoint {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut trusted = RootCertStore::empty();
        trusted.add(self.issuer.der().clone()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(trusted), provider);
        let config = if asks {
            config.with_client_cert_verifier(clients.build().unwrap())
        } else {
            config.with_no_client_auth()
        };
        let (certificate, key) = self.issue("localhost");
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = config.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Endpoint::serve("https", listener, [], move |stream: TcpStream| {
            StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream)
        })
    }
}

#[test]
fn a_server_is_believed_whose_certificate_the_given_authority_has_signed() {
    let papers = Papers::new();
    let endpoint = papers.endpoint(false);
    let to = ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.url.as_str());
    let ca = papers.path("ca.pem");
    assert!(!requests(&endpoint, &[to, ("OTEL_EXPORTER_OTLP_CERTIFICATE", &ca)]).is_empty());

    let nobody = export(&Desk::with_a_loan(), &[to]);
    assert_eq!(nobody.code, 2, "{}", nobody.seen());
    assert!(nobody.error().to_lowercase().contains("certificate"), "{}", nobody.seen());
    let other = Papers::new().path("ca.pem");
    let missing = export(&Desk::with_a_loan(), &[to, ("OTEL_EXPORTER_OTLP_CERTIFICATE", &other)]);
    assert_eq!(missing.code, 2);
    assert!(missing.error().contains("cannot read"), "{}", missing.seen());
}

#[test]
fn a_server_that_asks_for_a_certificate_is_shown_the_given_one() {
    let papers = Papers::new();
    let endpoint = papers.endpoint(true);
    let (certificate, key) = papers.issue("loan-desk");
    papers.file("me.pem", &certificate.pem());
    papers.file("me.key", &key.serialize_pem());
    let (ca, me, key) = (papers.path("ca.pem"), papers.path("me.pem"), papers.path("me.key"));
    let to = ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.url.as_str());
    let trust = ("OTEL_EXPORTER_OTLP_CERTIFICATE", ca.as_str());
    let shown = ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", me.as_str());
    let with_key = ("OTEL_EXPORTER_OTLP_CLIENT_KEY", key.as_str());
    assert!(!requests(&endpoint, &[to, trust, shown, with_key]).is_empty());

    assert_eq!(export(&Desk::with_a_loan(), &[to, trust]).code, 2);
    let half = export(&Desk::with_a_loan(), &[to, trust, shown]);
    assert!(half.error().contains("a client certificate without its key"), "{}", half.seen());
    assert!(endpoint.requests().is_empty());
}
