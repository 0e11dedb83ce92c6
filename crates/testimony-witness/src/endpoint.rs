//! Whom to ask, and where: the witnesses of a policy that have an address.

use testimony_record::tlog::{Policy, WitnessKey};
use ureq::http::Uri;

/// A witness and its submission prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    key: WitnessKey,
    url: String,
}

/// A policy names no witness that can be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoEndpoint {
    /// No witness line ends in a URL.
    #[error("no witness of the policy has an address")]
    NoAddress,
    /// A URL is no `http://` or `https://` address.
    #[error("{0} is no http:// or https:// address of a witness")]
    NotAnAddress(String),
    /// An `https://` address, without the feature `tls`.
    #[error("{0} needs TLS, and this build has none")]
    NoTls(String),
}

impl Endpoint {
    /// A witness at an address: its submission prefix, `https://witness.example/prefix`.
    ///
    /// # Errors
    /// When that is no address that this build can reach.
    pub fn new(key: WitnessKey, url: &str) -> Result<Self, NoEndpoint> {
        let not_an_address = || NoEndpoint::NotAnAddress(url.to_owned());
        let parsed: Uri = url.parse().map_err(|_| not_an_address())?;
        parsed.host().filter(|host| !host.is_empty()).ok_or_else(not_an_address)?;
        match parsed.scheme_str() {
            Some("http") => {}
            Some("https") if cfg!(feature = "tls") => {}
            Some("https") => return Err(NoEndpoint::NoTls(url.to_owned())),
            _ => return Err(not_an_address()),
        }
        if parsed.query().is_some() {
            return Err(not_an_address());
        }
        Ok(Self { key, url: url.trim_end_matches('/').to_owned() })
    }

    /// The witnesses of a policy that have an address; those without are only for verifying.
    ///
    /// # Errors
    /// When none has, or one has an address that this build cannot reach.
    pub fn of_policy(policy: &Policy) -> Result<Vec<Self>, NoEndpoint> {
        let addressed = policy
            .witnesses()
            .iter()
            .filter_map(|witness| Some((&witness.key, witness.url.as_deref()?)));
        let endpoints = addressed
            .map(|(key, url)| Self::new(key.clone(), &String::from_utf8_lossy(url)))
            .collect::<Result<Vec<_>, _>>()?;
        if endpoints.is_empty() { Err(NoEndpoint::NoAddress) } else { Ok(endpoints) }
    }

    /// The witness's key.
    #[must_use]
    pub fn key(&self) -> &WitnessKey {
        &self.key
    }

    /// The submission prefix, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testimony_record::tlog::SigningKey;

    fn endpoints(witness: &str) -> Result<Vec<String>, NoEndpoint> {
        let key = SigningKey::from_seed("w.example", [1; 32]).unwrap().witness_key();
        let policy = format!("witness w {key} {witness}\nquorum w\n");
        let endpoints = Endpoint::of_policy(&Policy::parse(policy.as_bytes()).unwrap())?;
        Ok(endpoints.into_iter().map(|endpoint| endpoint.url).collect())
    }

    #[test]
    fn a_submission_prefix_is_taken_without_its_last_slash() {
        assert_eq!(endpoints("http://w.example:1/x/"), Ok(vec!["http://w.example:1/x".to_owned()]));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        assert_eq!(endpoints(""), Err(NoEndpoint::NoAddress));
        for url in ["w.example", "ftp://w.example", "http://", "http://w.example/?x", "file:///x"] {
            assert_eq!(endpoints(url), Err(NoEndpoint::NotAnAddress(url.to_owned())));
        }
    }

    #[test]
    fn without_tls_an_https_address_is_refused() {
        let url = "https://w.example";
        let without = Err(NoEndpoint::NoTls(url.to_owned()));
        let expected = if cfg!(feature = "tls") { Ok(vec![url.to_owned()]) } else { without };
        assert_eq!(endpoints(url), expected);
    }
}
