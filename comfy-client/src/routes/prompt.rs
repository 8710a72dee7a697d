//! `/prompt`: handing a job to the server (`server.py: post_prompt`). One request, as it is; `submit` is the way that
//! loses no job and queues none twice.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    client::Client,
    error::Error,
    http::{Body, Call},
    id::JobId,
    refusal::Refusal,
    secret::Secret,
};

/// What `POST /prompt` takes.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PromptRequest {
    /// The prompt, in the API format.
    pub prompt: Value,
    /// The id that the job is to have. Comfy Cloud ignores it.
    pub id: Option<JobId>,
    /// Where in the queue: before all that wait, or by number.
    pub place: Place,
    /// Only these output nodes, and what they need; all without it.
    pub targets: Option<Vec<String>>,
    /// What the job carries besides, as `extra_data` (`extra_pnginfo`, `preview_method`).
    pub extra_data: Map<String, Value>,
    /// What partner nodes are paid with; it goes into `extra_data` when the request is sent, and nowhere else.
    pub(crate) partner_key: Option<Secret>,
}

/// Where in the queue a job begins.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Place {
    /// After all that wait.
    #[default]
    Back,
    /// Before all that wait.
    Front,
    /// By this number: smaller ones run first.
    Number(f64),
}

/// A job that the server took.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Accepted {
    /// The id that it has there.
    #[serde(rename = "prompt_id")]
    pub id: JobId,
    /// Its number in the queue.
    #[serde(default)]
    pub number: Option<f64>,
    /// What keeps some of the outputs from running, although others do; by node.
    #[serde(default)]
    pub node_errors: Value,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What a server says to a prompt.
#[derive(Debug)]
pub enum Answer {
    /// It is in the queue.
    Accepted(Accepted),
    /// It will not run.
    Refused(Refusal),
}

/// How many jobs there are.
#[derive(Clone, Debug, Deserialize)]
pub struct ExecInfo {
    /// Running and waiting jobs, of all clients.
    #[serde(default)]
    pub queue_remaining: u64,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl PromptRequest {
    /// A request to run this prompt.
    pub fn new(prompt: Value) -> Self {
        Self { prompt, ..Self::default() }
    }

    fn body(&self, client_id: &str) -> Value {
        let mut extra_data = self.extra_data.clone();
        if let Some(key) = &self.partner_key {
            extra_data.insert("api_key_comfy_org".to_owned(), key.expose().into());
        }
        let mut body = json!({"prompt": self.prompt, "client_id": client_id, "extra_data": extra_data});
        let mut set = |key: &str, value: Value| body[key] = value;
        if let Some(id) = &self.id {
            set("prompt_id", id.as_str().into());
        }
        match self.place {
            Place::Back => {}
            Place::Front => set("front", true.into()),
            Place::Number(number) => set("number", number.into()),
        }
        if let Some(targets) = &self.targets {
            set("partial_execution_targets", targets.as_slice().into());
        }
        body
    }
}

impl Client {
    /// Hands over a prompt: one request, which is not tried again. Events of the job come to this client's WebSocket.
    ///
    /// `Client::submit` does more: it is sure that the job runs once.
    ///
    /// # Errors
    /// When there is no answer, or one that is about the request and not about the prompt.
    pub async fn post_prompt(&self, request: &PromptRequest) -> Result<Answer, Error> {
        let call = Call::post(&["prompt"])
            .body(Body::Json(request.body(self.client_id())))
            .header("comfy-usage-source", "comfy-client".to_owned());
        let (status, body) = self.http().answer(&call).await?;
        let answer: Value = crate::json::from_slice(&body).unwrap_or_default();
        if status.is_success() {
            let accepted = Accepted::deserialize(answer);
            return accepted
                .map(Answer::Accepted)
                .map_err(|error| Error::malformed(call.route(), error.to_string()));
        }
        match Refusal::of_server(&answer).filter(|_| status.as_u16() == 400) {
            Some(refusal) => Ok(Answer::Refused(refusal)),
            None => Err(self.http().status_error(&call, status, &body)),
        }
    }

    /// How many jobs run and wait.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn exec_info(&self) -> Result<ExecInfo, Error> {
        #[derive(Deserialize)]
        struct Answer {
            exec_info: ExecInfo,
        }
        self.http().json::<Answer>(&Call::get(&["prompt"])).await.map(|answer| answer.exec_info)
    }
}

impl Accepted {
    /// A job that was found on the server, although its acknowledgement never came.
    pub(crate) fn found(id: &JobId) -> Self {
        Self { id: id.clone(), number: None, node_errors: Value::Null, extra: Map::new() }
    }
}

impl fmt::Display for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_says_what_was_asked_for() {
        let mut request = PromptRequest::new(json!({"1": {}}));
        request.place = Place::Number(-2.0);
        request.targets = Some(vec!["1".into()]);
        request.partner_key = Some(Secret::new("key"));
        assert!(!format!("{request:?}").contains("\"key\""));
        let body = request.body("me");
        let wanted = json!({"prompt": {"1": {}}, "client_id": "me", "number": -2.0,
            "partial_execution_targets": ["1"], "extra_data": {"api_key_comfy_org": "key"}});
        assert_eq!(body, wanted);
    }
}
