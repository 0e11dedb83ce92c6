//! The files that the environment names for TLS. Only read here; what they mean is for the TLS library to say.

#[cfg(any(feature = "tls", feature = "grpc-tls"))]
use std::path::Path;

use crate::environment::TlsFiles as Files;

pub(super) type TlsFiles = Files;

/// Who may have signed the server's certificate.
#[cfg(any(feature = "tls", feature = "grpc-tls"))]
pub(super) fn trusted(files: &TlsFiles) -> Result<Option<Vec<u8>>, String> {
    files.certificate.as_deref().map(read).transpose()
}

/// Certificates and their key, as PEM.
#[cfg(any(feature = "tls", feature = "grpc-tls"))]
type Identity = (Vec<u8>, Vec<u8>);

/// What is shown to the server.
#[cfg(any(feature = "tls", feature = "grpc-tls"))]
pub(super) fn identity(files: &TlsFiles) -> Result<Option<Identity>, String> {
    match (&files.client_certificate, &files.client_key) {
        (Some(certificate), Some(key)) => Ok(Some((read(certificate)?, read(key)?))),
        (None, None) => Ok(None),
        (Some(_), None) => Err("a client certificate without its key".to_owned()),
        (None, Some(_)) => Err("a client key without its certificate".to_owned()),
    }
}

#[cfg(any(feature = "tls", feature = "grpc-tls"))]
fn read(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

/// Better no export than one that is less secure than was asked for.
#[cfg(any(
    all(feature = "http", not(feature = "tls")),
    all(feature = "grpc", not(feature = "grpc-tls"))
))]
pub(super) fn none_given(files: &TlsFiles, feature: &str) -> Result<(), String> {
    if *files == TlsFiles::default() {
        return Ok(());
    }
    Err(format!("certificates need testimony-otlp's feature `{feature}`"))
}
