//! A running ComfyUI.

use comfy_client::{
    blocking::Client,
    routes::prompt::{Answer as ServerAnswer, PromptRequest},
};
use serde_json::json;

use super::answer::Answer;

/// Asked over HTTP.
pub(super) struct Server {
    client: Client,
}

impl Server {
    /// The one that `COMFYUI_URL` names.
    pub(super) fn find() -> Option<Self> {
        let url = std::env::var("COMFYUI_URL").ok().filter(|url| !url.is_empty())?;
        Some(Self { client: Client::new(&url).expect("an address") })
    }

    /// Everything it says of its classes.
    pub(super) fn object_info(&self) -> String {
        self.client.wait(self.client.inner().object_info_text()).expect("an answer")
    }

    /// What it says of a prompt, which does not get to run if that can be helped.
    pub(super) fn ask(&self, prompt: &str) -> Answer {
        let request = PromptRequest::new(serde_json::from_str(prompt).expect("JSON"));
        let client = self.client.inner();
        let (body, accepted) = match self.client.wait(client.post_prompt(&request)).expect("an answer") {
            ServerAnswer::Accepted(accepted) => {
                self.client.wait(client.clear_queue()).expect("an answer");
                self.client.cancel(&accepted.id).expect("an answer");
                (json!({"node_errors": accepted.node_errors}), true)
            }
            ServerAnswer::Refused(refusal) => (refusal.body, false),
        };
        Answer::read(&body, accepted).unwrap_or_else(|| panic!("{body} to {prompt}"))
    }
}
