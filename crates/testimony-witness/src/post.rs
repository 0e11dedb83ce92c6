//! One request to one witness: bounded in time and in the length of the answer, never redirected.
//!
//! What the answer means is not decided here.

use std::io;
use std::time::Duration;

use ureq::{Agent, Error};

use crate::endpoint::Endpoint;
use crate::trouble::Trouble;

/// The longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: u64 = 64 << 10;

/// How much of what a witness says is repeated to a person, in characters.
const MAX_SAID: usize = 200;

/// A connection that is kept alive between requests.
#[derive(Debug)]
pub(crate) struct Post {
    agent: Agent,
    url: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) media: Option<String>,
    pub(crate) text: String,
}

impl Post {
    /// `timeout` bounds the whole request.
    pub(crate) fn to(endpoint: &Endpoint, timeout: Duration) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("testimony/", env!("CARGO_PKG_VERSION")));
        let url = format!("{}/add-checkpoint", endpoint.url());
        Self { agent: config.build().new_agent(), url }
    }

    pub(crate) fn send(&self, body: &str) -> Result<Reply, Trouble> {
        let mut response = self.agent.post(&self.url).send(body).map_err(trouble)?;
        let media = response.body().mime_type().map(str::to_owned);
        let body = response.body_mut().with_config().limit(MAX_ANSWER_BYTES);
        let text = body.read_to_string().map_err(trouble)?;
        Ok(Reply { status: response.status().as_u16(), media, text })
    }
}

impl Reply {
    /// The beginning of the first line, for a person.
    pub(crate) fn said(&self) -> String {
        self.text.lines().next().unwrap_or_default().chars().take(MAX_SAID).collect()
    }
}

fn trouble(error: Error) -> Trouble {
    match error {
        Error::BodyExceedsLimit(_) => Trouble::Answer("is longer than 64 KiB"),
        Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            Trouble::Answer("is no text")
        }
        error => Trouble::Unreachable(error.into()),
    }
}
