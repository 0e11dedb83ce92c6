//! A plain chat-completions client. It knows nothing of the recorder but for the numbers that an answer carries.

use std::fmt;

use serde::{Deserialize, Serialize};
use testimony::current;

use crate::desk::Application;
use crate::stand_in;

/// A message of the conversation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) role: String,
    pub(crate) content: String,
}

impl Message {
    pub(crate) fn system(content: &str) -> Self {
        Self { role: "system".to_owned(), content: content.to_owned() }
    }

    pub(crate) fn user(content: &str) -> Self {
        Self { role: "user".to_owned(), content: content.to_owned() }
    }
}

/// A chat model behind an HTTP endpoint.
pub(crate) struct Model {
    client: reqwest::Client,
    base_url: String,
    key: String,
    name: String,
    stand_in: bool,
}

/// The call failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the model could not be reached")]
    Http(#[from] reqwest::Error),
    #[error("the model answered {0}")]
    Status(reqwest::StatusCode),
    #[error("the model's answer has no message")]
    Empty,
}

/// What the model is asked to answer.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    pub(crate) verdict: String,
    pub(crate) reason: String,
}

/// What the model said, as text.
pub(crate) struct Reply(String);

impl Reply {
    /// An answer in the agreed form; anything else counts as a refusal, in the model's own words.
    pub(crate) fn read(&self) -> Result<Answer, String> {
        serde_json::from_str(&self.0).map_err(|_| self.0.clone())
    }
}

/// The question about one application.
pub(crate) fn question(application: &Application) -> String {
    let Application { loan, amount, income, statement } = application;
    format!(
        "Application loan:{loan}. Amount {amount}, yearly income {income}. The applicant states: {statement}\n\
         Answer with JSON: {{\"verdict\": \"approve\" | \"decline\" | \"refer\", \"reason\": one sentence}}."
    )
}

#[derive(Deserialize)]
struct Completion {
    id: String,
    model: String,
    choices: Vec<Choice>,
    usage: Usage,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: String,
}

#[derive(Deserialize)]
struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
}

impl Model {
    /// The endpoint of the environment, or a stand-in on loopback.
    pub(crate) async fn from_environment() -> std::io::Result<Self> {
        let setting = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let client = reqwest::Client::new();
        if let (Some(base_url), Some(key)) = (setting("OPENAI_BASE_URL"), setting("OPENAI_API_KEY"))
        {
            let name = setting("OPENAI_MODEL").unwrap_or_else(|| "gpt-4o-mini".to_owned());
            return Ok(Self { client, base_url, key, name, stand_in: false });
        }
        let base_url = stand_in::start().await?;
        Ok(Self {
            client,
            base_url,
            key: "none".to_owned(),
            name: stand_in::NAME.to_owned(),
            stand_in: true,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) async fn ask(&self, messages: &[Message]) -> Result<Reply, Failure> {
        let url = format!("{}/chat/completions", self.base_url.trim_end_matches('/'));
        let body =
            serde_json::json!({ "model": self.name, "messages": messages, "temperature": 0 });
        let response = self.client.post(url).bearer_auth(&self.key).json(&body).send().await?;
        if !response.status().is_success() {
            return Err(Failure::Status(response.status()));
        }
        let completion: Completion = response.json().await?;
        let choice = completion.choices.into_iter().next().ok_or(Failure::Empty)?;
        if let Some(decision) = current() {
            decision.response(&completion.id, &completion.model);
            decision.finish_reason(&choice.finish_reason);
            decision.tokens(completion.usage.prompt_tokens, completion.usage.completion_tokens);
        }
        Ok(Reply(choice.message.content))
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.stand_in {
            "a stand-in that answers from rules, not a model"
        } else {
            "a real endpoint"
        };
        write!(f, "{} at {} ({kind})", self.name, self.base_url)
    }
}
