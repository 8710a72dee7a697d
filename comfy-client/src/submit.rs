//! Queues a prompt once, whatever the connection does. A request that may have arrived is never sent again before the
//! server was asked for the job, long enough for one that is still on its way.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    client::Client,
    error::Error,
    http::backoff,
    id::JobId,
    lookup::{Standing, look_up},
    routes::prompt::{Accepted, Answer, PromptRequest},
    run::Cause,
};

/// How often a prompt is sent before its failure counts.
const TRIES: u32 = 4;

/// The longest pause before a prompt is sent again.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long an answer to "is it there?" is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A prompt that is in the queue.
pub(crate) struct Queued {
    pub(crate) accepted: Accepted,
    /// It was sent more than once, so that a second copy may turn up.
    pub(crate) repeated: bool,
}

/// Queues it.
pub(crate) async fn submit(client: &Client, request: &PromptRequest, id: &JobId) -> Result<Queued, Cause> {
    let mut tries = 0;
    loop {
        let error = match client.post_prompt(request).await {
            Ok(Answer::Accepted(accepted)) => return Ok(Queued { accepted, repeated: tries > 0 }),
            Ok(Answer::Refused(refusal)) => return Err(Cause::Refused(Box::new(refusal))),
            Err(error) => error,
        };
        tries += 1;
        tracing::debug!(%error, %id, "the prompt was not acknowledged");
        if error.may_have_been_done() {
            // Comfy Cloud gives ids of its own: there is no asking for ours
            if client.server().is_cloud() {
                return Err(Cause::Unconfirmed(Box::new(error)));
            }
            match is_there(client, id).await {
                Ok(true) => return Ok(Queued { accepted: Accepted::found(id), repeated: tries > 1 }),
                Ok(false) if tries < TRIES && (error.is_passing() || is_of_transport(&error)) => continue,
                Ok(false) => return Err(Cause::Request(Box::new(error))),
                Err(_) => return Err(Cause::Unconfirmed(Box::new(error))),
            }
        }
        let waits = error.retry_after().is_some_and(|wait| wait <= PATIENCE);
        if tries >= TRIES || !(waits || (tries > 1 && error.is_passing())) {
            return Err(Cause::Request(Box::new(error)));
        }
        tokio::time::sleep(error.retry_after().unwrap_or_else(|| backoff(tries, LONGEST_PAUSE))).await;
    }
}

/// Whether what came back was no answer of ComfyUI's at all.
fn is_of_transport(error: &Error) -> bool {
    matches!(error, Error::Broken { .. } | Error::TimedOut { .. } | Error::Malformed { .. })
}

/// Whether the server has the job. `false` only after it had time to queue it: it checks a prompt first, which reads
/// files.
async fn is_there(client: &Client, id: &JobId) -> Result<bool, Error> {
    let grace = client.http().limits.grace;
    let begun = Instant::now();
    let mut answered_since = None;
    let mut tries = 0;
    loop {
        match look_up(client, id).await {
            Ok(Standing::Unknown) => {
                let since = *answered_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= grace {
                    return Ok(false);
                }
            }
            Ok(_) => return Ok(true),
            Err(error) if begun.elapsed() >= PATIENCE => return Err(error),
            // a server that starts again begins anew
            Err(_) => answered_since = None,
        }
        tokio::time::sleep(backoff(tries, grace / 4)).await;
        tries += 1;
    }
}

/// Takes a second copy of a job out of the queue, which a request that was held up on its way has put there.
pub(crate) async fn drop_second(client: &Client, id: &JobId, is_over: bool) -> Result<(), Error> {
    let wanted = usize::from(!is_over);
    if client.queue().await?.count(id) > wanted {
        client.remove_from_queue(std::slice::from_ref(id)).await?;
    }
    Ok(())
}
