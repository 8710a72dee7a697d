//! A running ComfyUI.

use std::time::Duration;

use reqwest::blocking::Client;
use serde_json::Value;

use super::answer::Answer;

/// Asked over HTTP.
pub(super) struct Server {
    url: String,
    client: Client,
}

impl Server {
    /// The one that `COMFYUI_URL` names.
    pub(super) fn find() -> Option<Self> {
        let url = std::env::var("COMFYUI_URL").ok().filter(|url| !url.is_empty())?;
        let client = Client::builder().timeout(Duration::from_secs(60)).build().expect("a client");
        Some(Self { url: url.trim_end_matches('/').to_owned(), client })
    }

    /// Everything it says of its classes.
    pub(super) fn object_info(&self) -> String {
        let response = self.client.get(format!("{}/object_info", self.url)).send().expect("an answer");
        response.text().expect("text")
    }

    /// What it says of a prompt, which does not get to run if that can be helped.
    pub(super) fn ask(&self, prompt: &str) -> Answer {
        let response = self.post("prompt", format!("{{\"prompt\":{prompt}}}"));
        let accepted = response.status().is_success();
        let text = response.text().expect("text");
        if accepted {
            self.post("queue", "{\"clear\":true}".to_owned());
            self.post("interrupt", "{}".to_owned());
        }
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer::read(&body, accepted).unwrap_or_else(|| panic!("{text} to {prompt}"))
    }

    fn post(&self, path: &str, body: String) -> reqwest::blocking::Response {
        let request = self.client.post(format!("{}/{path}", self.url));
        request.header("content-type", "application/json").body(body).send().expect("an answer")
    }
}
