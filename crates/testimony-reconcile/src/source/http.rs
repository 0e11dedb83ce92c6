//! Asking a backend over HTTP: bounded in time and in the length of the answer, tried again where the backend says that it
//! is only busy. What an answer means is not decided here.

use std::io;
use std::thread;
use std::time::Duration;

use ureq::http::{HeaderName, HeaderValue, Uri};
use ureq::{Agent, Error};

use super::SourceError;

/// The longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: u64 = 256 << 20;

/// The longest pause that a backend may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How much of what a backend says is repeated to a person, in characters.
const MAX_SAID: usize = 200;

const NOBODY: &str = "Is it running there, and is this the port of its query API?";
const WHO: &str = "It wants to know who asks: --header 'Authorization: Bearer …' says it.";

/// How a backend is asked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Connection {
    /// Headers that go with each request.
    pub headers: Vec<Header>,
    /// How long one request may take. Default: 30 seconds.
    pub timeout: Duration,
    /// How often a request is tried while the backend is busy or the connection breaks. Default: 5.
    pub attempts: u32,
    /// The first pause between two attempts; it doubles with each, up to 30 seconds. Default: 250 ms.
    pub pause: Duration,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            headers: Vec::new(),
            timeout: Duration::from_secs(30),
            attempts: 5,
            pause: Duration::from_millis(250),
        }
    }
}

/// A header of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    name: HeaderName,
    value: HeaderValue,
}

/// A text is no header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no header: give NAME:VALUE")]
pub struct NoHeader(String);

impl std::str::FromStr for Header {
    type Err = NoHeader;

    fn from_str(text: &str) -> Result<Self, NoHeader> {
        // The value may be a secret, and is not repeated.
        let (name, value) =
            text.split_once(':').ok_or_else(|| NoHeader("a text without a colon".to_owned()))?;
        let bad = || NoHeader(name.to_owned());
        let mut value = HeaderValue::from_str(value.trim()).map_err(|_| bad())?;
        value.set_sensitive(true);
        Ok(Self { name: name.trim().parse().map_err(|_| bad())?, value })
    }
}

/// A backend's address, and how it is asked.
#[derive(Debug)]
pub(super) struct Http {
    agent: Agent,
    base: String,
    connection: Connection,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// One attempt.
enum Attempt {
    Answered(Answer),
    /// The answer is larger than what is read.
    TooLarge,
    /// To be tried again after so long, where the backend says how long.
    Later(String, Option<Duration>),
    Failed(SourceError),
}

/// What a request came to.
pub(super) enum Asked {
    Answered(Answer),
    TooLarge,
}

impl Http {
    pub(super) fn new(url: &str, connection: Connection) -> Result<Self, SourceError> {
        let parsed: Option<Uri> = url.parse().ok();
        let host = parsed.as_ref().and_then(|url| url.host().filter(|host| !host.is_empty()));
        let scheme = parsed.as_ref().and_then(Uri::scheme_str);
        match scheme.filter(|_| host.is_some()) {
            Some("http") => {}
            Some("https") if cfg!(feature = "tls") => {}
            Some("https") => return Err(SourceError::new(url, "this build has no TLS")),
            _ => return Err(SourceError::new(url, "this is no http:// or https:// address")),
        }
        let config = Agent::config_builder()
            .timeout_global(Some(connection.timeout))
            .http_status_as_error(false)
            .user_agent(concat!("testimony/", env!("CARGO_PKG_VERSION")));
        let base = url.trim_end_matches('/').to_owned();
        Ok(Self { agent: config.build().new_agent(), base, connection })
    }

    /// The address, to be named in messages.
    pub(super) fn name(&self) -> &str {
        &self.base
    }

    /// Asks for a path below the address, as often as it takes.
    pub(super) fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
        accept: &str,
    ) -> Result<Asked, SourceError> {
        let mut pause = self.connection.pause;
        let mut trouble = String::new();
        for attempt in 1..=self.connection.attempts.max(1) {
            match self.attempt(path, query, accept) {
                Attempt::Answered(answer) => return Ok(Asked::Answered(answer)),
                Attempt::TooLarge => return Ok(Asked::TooLarge),
                Attempt::Failed(error) => return Err(error),
                Attempt::Later(why, asked) => {
                    trouble = why;
                    if attempt < self.connection.attempts {
                        thread::sleep(asked.unwrap_or(pause).min(LONGEST_PAUSE));
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
        Err(self
            .fault(format_args!("{path}: {trouble}, {} times in a row", self.connection.attempts)))
    }

    fn attempt(&self, path: &str, query: &[(&str, &str)], accept: &str) -> Attempt {
        let mut request = self.agent.get(format!("{}{path}", self.base)).header("accept", accept);
        for header in &self.connection.headers {
            request = request.header(header.name.clone(), header.value.clone());
        }
        for (name, value) in query {
            request = request.query(*name, *value);
        }
        let mut response = match request.call() {
            Ok(response) => response,
            Err(error) => return self.unanswered(&error),
        };
        let status = response.status().as_u16();
        let after = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.parse().ok());
        let body = response.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_vec();
        match body {
            Err(Error::BodyExceedsLimit(_)) => Attempt::TooLarge,
            Err(error) => Attempt::Later(format!("the answer broke off: {error}"), None),
            Ok(body) if matches!(status, 429 | 500 | 502..=504) => {
                Attempt::Later(format!("{status}: {}", said(&body)), after.map(Duration::from_secs))
            }
            Ok(body) => Attempt::Answered(Answer { status, body }),
        }
    }

    fn unanswered(&self, error: &Error) -> Attempt {
        match error {
            Error::Io(source) if source.kind() == io::ErrorKind::ConnectionRefused => {
                Attempt::Failed(self.fault("nobody answers: connection refused").advise(NOBODY))
            }
            Error::HostNotFound => {
                Attempt::Failed(self.fault("there is no such host").advise(NOBODY))
            }
            Error::Timeout(_) | Error::Io(_) | Error::ConnectionFailed => {
                Attempt::Later(error.to_string(), None)
            }
            error => Attempt::Failed(self.fault(error)),
        }
    }

    /// An answer that is no answer to the question.
    pub(super) fn refused(&self, path: &str, answer: &Answer) -> SourceError {
        let what = self.fault(format_args!("{path}: {}: {}", answer.status, said(&answer.body)));
        match answer.status {
            401 | 403 => what.advise(WHO),
            404 => what.advise(NOBODY),
            _ => what,
        }
    }

    pub(super) fn fault(&self, what: impl std::fmt::Display) -> SourceError {
        SourceError::new(&self.base, what)
    }
}

/// The beginning of the first line of an answer, for a person.
fn said(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    text.lines().next().unwrap_or_default().chars().take(MAX_SAID).collect()
}
