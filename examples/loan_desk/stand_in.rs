//! A stand-in for a chat-completions endpoint: real HTTP on loopback, answers from rules. It is no model, and says so in
//! its name.

use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::chat::Message;

pub(crate) const NAME: &str = "stand-in-underwriter";

#[derive(Deserialize)]
struct Request {
    messages: Vec<Message>,
}

/// Starts the server on a port that the system chooses, and returns its base URL.
pub(crate) async fn start() -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base_url = format!("http://{}/v1", listener.local_addr()?);
    let router = Router::new().route("/v1/chat/completions", post(complete));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(base_url)
}

async fn complete(Json(request): Json<Request>) -> Result<Json<Value>, StatusCode> {
    let question = request.messages.last().map_or("", |message| message.content.as_str());
    let answer = answer(question)?;
    let words = |text: &str| text.split_whitespace().count();
    Ok(Json(json!({
        "id": format!("stand-in-{}", words(question)),
        "object": "chat.completion",
        "model": NAME,
        "choices": [{ "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": answer } }],
        "usage": {
            "prompt_tokens": request.messages.iter().map(|message| words(&message.content)).sum::<usize>(),
            "completion_tokens": words(&answer),
        },
    })))
}

/// The rules. The third approves what the written limits forbid, as a model might.
fn answer(question: &str) -> Result<String, StatusCode> {
    let verdict = |verdict: &str, reason: &str| {
        Ok(json!({ "verdict": verdict, "reason": reason }).to_string())
    };
    let says = |words: &str| question.contains(words);
    if says("overloaded") {
        Err(StatusCode::SERVICE_UNAVAILABLE)
    } else if says("religion") {
        Ok("I cannot weigh an applicant's religion, and will not decide on this statement."
            .to_owned())
    } else if says("a contract for life") {
        verdict("approve", "The applicant's income is secure for life, which outweighs the amount.")
    } else if says("guarantor") {
        verdict("decline", "The guarantor's income is not documented.")
    } else if says("between jobs") {
        verdict("refer", "Income could not be verified.")
    } else {
        verdict("approve", "Income covers the amount with room to spare.")
    }
}
