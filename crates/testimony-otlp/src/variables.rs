//! The environment variables that are heeded, as data. All are OpenTelemetry's own (specification 1.60, "OpenTelemetry Protocol
//! Exporter" and "Environment Variable Specification"); none is invented here.

/// A variable, and what it is called where it is meant for traces alone: that one goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Its name for traces alone.
    pub for_traces: Option<&'static str>,
    /// What it says.
    pub meaning: &'static str,
}

macro_rules! variables {
    ($($constant:ident = $name:literal, $for_traces:expr, $meaning:literal;)*) => {
        $(pub(crate) const $constant: Variable =
            Variable { name: $name, for_traces: $for_traces, meaning: $meaning };)*

        /// Every variable that is heeded.
        pub const VARIABLES: &[Variable] = &[$($constant),*];
    };
}

variables! {
    ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT", Some("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
        "where to; over HTTP `/v1/traces` is added, but not to the one for traces";
    PROTOCOL = "OTEL_EXPORTER_OTLP_PROTOCOL", Some("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"),
        "`http/protobuf` (default), `grpc` or `http/json`";
    HEADERS = "OTEL_EXPORTER_OTLP_HEADERS", Some("OTEL_EXPORTER_OTLP_TRACES_HEADERS"),
        "sent with every request: `key=value,…`, values percent-encoded";
    TIMEOUT = "OTEL_EXPORTER_OTLP_TIMEOUT", Some("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"),
        "how long one request may take, in milliseconds; default 10,000";
    COMPRESSION = "OTEL_EXPORTER_OTLP_COMPRESSION", Some("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"),
        "`gzip` or `none`";
    CERTIFICATE = "OTEL_EXPORTER_OTLP_CERTIFICATE", Some("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE"),
        "a PEM file: who may have signed the server's certificate, instead of those whom the system trusts";
    CLIENT_CERTIFICATE = "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
        Some("OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE"),
        "a PEM file: the certificate chain shown to the server";
    CLIENT_KEY = "OTEL_EXPORTER_OTLP_CLIENT_KEY", Some("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY"),
        "a PEM file: the private key that belongs to it";
    INSECURE = "OTEL_EXPORTER_OTLP_INSECURE", Some("OTEL_EXPORTER_OTLP_TRACES_INSECURE"),
        "`true`: no TLS over gRPC where the endpoint has no scheme";
    SERVICE_NAME = "OTEL_SERVICE_NAME", None, "`service.name` of every span; goes before what the code says";
    RESOURCE_ATTRIBUTES = "OTEL_RESOURCE_ATTRIBUTES", None, "further attributes of the resource: `key=value,…`";
    TRACES_EXPORTER = "OTEL_TRACES_EXPORTER", None,
        "where it does not name `otlp`, nothing is exported; where it does, also without an endpoint";
    METRICS_EXPORTER = "OTEL_METRICS_EXPORTER", None,
        "where it names `otlp`, or `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT` is set, metrics are exported too; each variable for traces has one for metrics";
    SDK_DISABLED = "OTEL_SDK_DISABLED", None, "`true`: nothing is exported";
    CAPTURE_CONTENT = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", None,
        "`true`, `span_only` or `span_and_event`: content travels on spans";
    STABILITY = "OTEL_SEMCONV_STABILITY_OPT_IN", None,
        "`gen_ai_latest_experimental`: the names of the conventions' new repository";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_variable_of_the_exporter_has_one_for_traces_and_no_name_stands_twice() {
        let mut names = BTreeSet::new();
        for variable in VARIABLES {
            if let Some(end) = variable.name.strip_prefix("OTEL_EXPORTER_OTLP_") {
                let for_traces = format!("OTEL_EXPORTER_OTLP_TRACES_{end}");
                assert_eq!(variable.for_traces, Some(for_traces.as_str()));
            } else {
                assert_eq!(variable.for_traces, None, "{}", variable.name);
            }
            assert!(!variable.meaning.is_empty() && names.insert(variable.name));
        }
    }
}
