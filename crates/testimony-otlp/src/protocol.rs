//! The ways in which OTLP is spoken, under the names that the environment has for them.

/// The way in which OTLP is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// `http/protobuf`, with feature `http`.
    #[default]
    HttpProtobuf,
    /// `http/json`, with feature `json`.
    HttpJson,
    /// `grpc`, with feature `grpc`.
    Grpc,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::HttpProtobuf, Self::HttpJson, Self::Grpc];

    /// The word of `OTEL_EXPORTER_OTLP_PROTOCOL` for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HttpProtobuf => "http/protobuf",
            Self::HttpJson => "http/json",
            Self::Grpc => "grpc",
        }
    }
}
