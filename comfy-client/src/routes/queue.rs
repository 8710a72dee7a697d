//! `/queue` and `/interrupt`: what runs and what waits (`server.py: get_queue, post_queue, post_interrupt`).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    client::Client,
    error::Error,
    http::{Body, Call},
    id::JobId,
};

/// The queue of a server: jobs of all clients.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct Queue {
    /// Jobs that run now; one, on the servers that there are.
    #[serde(rename = "queue_running", default)]
    pub running: Vec<QueueItem>,
    /// Jobs that wait, in the order in which they will run.
    #[serde(rename = "queue_pending", default)]
    pub pending: Vec<QueueItem>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A job in the queue.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct QueueItem {
    /// Smaller numbers run first.
    pub number: f64,
    /// Its id.
    pub id: JobId,
    /// Its prompt, in the API format.
    pub prompt: Value,
    /// What it carries besides, such as the workflow (`extra_pnginfo`) and its `client_id`; never a key.
    pub extra_data: Value,
    /// The output nodes that run.
    pub outputs: Vec<String>,
}

/// An item is an array of five.
impl<'de> Deserialize<'de> for QueueItem {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        type Item = (f64, JobId, Value, Value, Vec<String>);
        let list = Vec::<Value>::deserialize(deserializer)?;
        // some forks add to it
        let five = Value::Array(list.into_iter().take(5).collect());
        let (number, id, prompt, extra_data, outputs) =
            Item::deserialize(five).map_err(serde::de::Error::custom)?;
        Ok(Self { number, id, prompt, extra_data, outputs })
    }
}

impl Queue {
    /// How many jobs run before this one; `None` if it is not here.
    pub fn ahead_of(&self, id: &JobId) -> Option<usize> {
        if self.running.iter().any(|item| item.id == *id) {
            return Some(0);
        }
        let place = self.pending.iter().position(|item| item.id == *id)?;
        Some(self.running.len() + place)
    }

    /// How often this job is here.
    pub(crate) fn count(&self, id: &JobId) -> usize {
        self.running.iter().chain(&self.pending).filter(|item| item.id == *id).count()
    }
}

impl Client {
    /// What runs and what waits.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn queue(&self) -> Result<Queue, Error> {
        let mut queue: Queue = self.http().json(&Call::get(&["queue"])).await?;
        // the server gives them in the order of its heap
        queue.pending.sort_by(|a, b| a.number.total_cmp(&b.number));
        Ok(queue)
    }

    /// Takes waiting jobs out of the queue. Jobs that run, or are not there, stay as they are.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn remove_from_queue(&self, ids: &[JobId]) -> Result<(), Error> {
        self.http().done(&Call::post(&["queue"]).body(Body::Json(json!({"delete": ids})))).await
    }

    /// Takes all waiting jobs out of the queue, also those of other clients.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn clear_queue(&self) -> Result<(), Error> {
        self.http().done(&Call::post(&["queue"]).repeatable().body(Body::Json(json!({"clear": true})))).await
    }

    /// Stops this job if it is the one that runs. Servers before 0.3.57 do not look at the id and stop whatever runs;
    /// `Client::cancel` keeps other people's jobs safe from that.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn interrupt(&self, id: &JobId) -> Result<(), Error> {
        let call = Call::post(&["interrupt"]).repeatable().body(Body::Json(json!({"prompt_id": id})));
        self.http().done(&call).await
    }

    /// Stops whatever runs, whoever it belongs to.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn interrupt_everything(&self) -> Result<(), Error> {
        self.http().done(&Call::post(&["interrupt"]).body(Body::Json(json!({})))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_have_places() {
        let queue: Queue = serde_json::from_value(json!({
            "queue_running": [[1, "a", {}, {}, []]],
            "queue_pending": [[2.5, "b", {}, {}, ["9"], "more"], [3, "c", {}, {"x": 1}, []]],
            "new": 1,
        }))
        .expect("a queue");
        let ahead = |id: &str| queue.ahead_of(&JobId::of_server(id).expect("an id"));
        assert_eq!([ahead("a"), ahead("b"), ahead("c"), ahead("d")], [Some(0), Some(1), Some(2), None]);
        assert_eq!(queue.extra["new"], 1);
    }
}
