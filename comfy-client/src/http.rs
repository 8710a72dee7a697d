//! Requests and answers: the one place that speaks HTTP. It adds the key, keeps to limits, tries again what may be
//! tried again, and turns statuses into [`Error`]s. Which routes there are is `routes`.

mod call;

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use reqwest::{Method, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::{address::Server, error::Error, json, secret::Auth, transport::Transport};
use call::with_body;
pub(crate) use call::{Body, Call, Part, PartValue};

/// How often a request that changes nothing is tried before its failure counts.
const TRIES: u32 = 3;

/// How long a server may ask to wait before a request is given up instead.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How much of an error's text is kept.
const MOST_MESSAGE: usize = 2_000;

/// What a server calls something that it was started without (`app/assets/api/routes.py`).
const DISABLED: [&str; 2] = ["SERVICE_DISABLED", "DEPENDENCY_MISSING"];

/// How many redirections are followed.
const MOST_REDIRECTS: usize = 5;

/// What a client is allowed to wait for and to hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The longest silence in the middle of an answer, and before it.
    pub(crate) silence: Duration,
    /// The longest answer that is kept in memory, in bytes.
    pub(crate) answer: u64,
    /// How long a server may take to queue a prompt after the connection broke.
    pub(crate) grace: Duration,
    /// How often the queue is asked while there is no WebSocket.
    pub(crate) poll: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(120),
            answer: 256 << 20,
            grace: Duration::from_secs(5),
            poll: Duration::from_secs(1),
        }
    }
}

/// Speaks HTTP with one server.
#[derive(Debug)]
pub(crate) struct Http {
    transport: Transport,
    pub(crate) server: Server,
    pub(crate) auth: Auth,
    pub(crate) limits: Limits,
}

impl Http {
    pub(crate) fn new(transport: Transport, server: Server, auth: Auth, limits: Limits) -> Self {
        Self { transport, server, auth, limits }
    }

    /// Whose things are asked for, on a server or behind a proxy that tells people apart. Never a password.
    pub(crate) fn user(&self) -> Option<String> {
        let user = self.transport.user().map(str::to_owned);
        user.or_else(|| match &self.auth {
            Auth::Basic(name, _) => Some(name.clone()),
            Auth::Key(_) | Auth::None => None,
        })
    }

    /// The answer as JSON of this form.
    pub(crate) async fn json<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        let bytes = self.bytes(call).await?;
        json::from_slice(&bytes).map_err(|error| Error::malformed(call.route(), error.to_string()))
    }

    /// Sends it and forgets what a success says.
    pub(crate) async fn done(&self, call: &Call) -> Result<(), Error> {
        self.bytes(call).await.map(drop)
    }

    /// The whole answer, within the limit.
    pub(crate) async fn bytes(&self, call: &Call) -> Result<Bytes, Error> {
        let mut tries = 1;
        loop {
            let answer = match self.once(call).await {
                Ok(response) => self.collect(call, response, self.limits.answer).await,
                Err(error) => Err(error),
            };
            match answer {
                Err(error) => self.before_another_try(call, error, &mut tries).await?,
                answer => return answer,
            }
        }
    }

    /// Waits where a request may be sent again after this error; otherwise it is the error.
    pub(crate) async fn before_another_try(
        &self,
        call: &Call,
        error: Error,
        tries: &mut u32,
    ) -> Result<(), Error> {
        if !(call.repeatable && *tries < TRIES && worth_repeating(&error)) {
            return Err(error);
        }
        tokio::time::sleep(pause(&error, *tries)).await;
        *tries += 1;
        Ok(())
    }

    /// The answer when its head has come; a status that is no success is an error. Tried once.
    pub(crate) async fn once(&self, call: &Call) -> Result<Response, Error> {
        let response = self.open(call).await?;
        if response.status().is_success() { Ok(response) } else { Err(self.failure(call, response).await) }
    }

    /// The same, of which "it is as you have it" (304) is a success.
    pub(crate) async fn once_or_unchanged(&self, call: &Call) -> Result<Option<Response>, Error> {
        let response = self.open(call).await?;
        match response.status() {
            StatusCode::NOT_MODIFIED => Ok(None),
            status if status.is_success() => Ok(Some(response)),
            _ => Err(self.failure(call, response).await),
        }
    }

    /// The answer when its head has come, whatever its status, from where redirections lead.
    async fn open(&self, call: &Call) -> Result<Response, Error> {
        let mut response = self.send(call, self.url(call), true).await?;
        for _ in 0..MOST_REDIRECTS {
            let Some(target) = redirection(&response).filter(|_| call.method == Method::GET) else { break };
            // the key is for the server that it was given for
            let is_own = target.origin() == response.url().origin() && target.origin() == self.origin();
            response = self.send(call, target, is_own).await?;
        }
        Ok(response)
    }

    fn url(&self, call: &Call) -> Url {
        let parts: Vec<&str> = call.parts.iter().map(String::as_str).collect();
        let mut url =
            if call.api { self.server.route(&parts) } else { self.server.route_without_api(&parts) };
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        url
    }

    fn origin(&self) -> url::Origin {
        self.server.route(&[]).origin()
    }

    async fn send(&self, call: &Call, url: Url, with_key: bool) -> Result<Response, Error> {
        let request = self.transport.client_for(&url)?.request(call.method.clone(), url);
        let request =
            call.headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        let request = match self.auth.header().filter(|_| with_key) {
            Some((name, value)) => request.header(name, sensitive(&value)?),
            None => request,
        };
        with_body(request, &call.body).await?.send().await.map_err(|error| self.broken(&call.route(), error))
    }

    /// Reads a body up to a limit.
    pub(crate) async fn collect(&self, call: &Call, response: Response, limit: u64) -> Result<Bytes, Error> {
        let too_large = || Error::TooLarge { route: call.route(), limit };
        let announced = response.content_length().unwrap_or_default();
        if announced > limit {
            return Err(too_large());
        }
        let mut all = Vec::with_capacity(usize::try_from(announced.min(1 << 20)).unwrap_or_default());
        let mut pieces = response.bytes_stream();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| self.broken(&call.route(), error))?;
            if (all.len() + piece.len()) as u64 > limit {
                return Err(too_large());
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.into())
    }

    /// A failure of the transport. Its text has no address in it: an address may hold a signature.
    pub(crate) fn broken(&self, route: &str, error: reqwest::Error) -> Error {
        let server = self.server.to_string();
        let error = error.without_url();
        if error.is_timeout() && !error.is_connect() {
            return Error::TimedOut { server, route: route.to_owned(), after: self.limits.silence };
        }
        if error.is_connect() {
            return Error::Unreachable { server, cause: Box::new(error) };
        }
        Error::Broken { server, route: route.to_owned(), cause: Box::new(error) }
    }

    /// A status that is no success, in words.
    async fn failure(&self, call: &Call, response: Response) -> Error {
        let status = response.status();
        let retry_after = seconds(&response);
        let has_length = response.headers().contains_key(header::CONTENT_LENGTH);
        // why the text of an error cannot be read is not worth saying
        let body = self.collect(call, response, 8 << 20).await.unwrap_or_default();
        match self.status_error(call, status, &body) {
            Error::TooManyRequests { server, message, .. } => {
                Error::TooManyRequests { server, message, retry_after }
            }
            // aiohttp sends a file that is not there without a length, and answers of handlers with one
            Error::NotFound { route, message, .. } if body.is_empty() && !has_length => {
                Error::NotFound { route, message, unknown_route: call.method != Method::HEAD }
            }
            error => error,
        }
    }

    /// The error that a status and its body stand for.
    pub(crate) fn status_error(&self, call: &Call, status: StatusCode, body: &[u8]) -> Error {
        let (code, message) = said(body, status);
        let (server, route) = (self.server.to_string(), call.route());
        match status.as_u16() {
            401 | 403 => Error::Unauthorized { server, status: status.as_u16(), message },
            402 => Error::NoCredits { server, message },
            404 => Error::NotFound { route, unknown_route: is_of_router(body), message },
            409 => Error::Conflict { route, message },
            503 if code.as_deref().is_some_and(|code| DISABLED.contains(&code)) => {
                Error::Disabled { route, message }
            }
            429 => Error::TooManyRequests { server, message, retry_after: None },
            status => Error::Status { route, status, code, message },
        }
    }

    /// Sends a request once and gives its status with the body, whatever the status is.
    pub(crate) async fn answer(&self, call: &Call) -> Result<(StatusCode, Bytes), Error> {
        let response = self.send(call, self.url(call), true).await?;
        let status = response.status();
        if matches!(status.as_u16(), 401..=404 | 429) {
            return Err(self.failure(call, response).await);
        }
        Ok((status, self.collect(call, response, self.limits.answer).await?))
    }
}

/// Whether a 404 is what a router says of itself: aiohttp's, or that of a server written with `fastapi`.
fn is_of_router(body: &[u8]) -> bool {
    matches!(body.trim_ascii(), b"404: Not Found" | br#"{"detail":"Not Found"}"#)
}

/// A value that no log of a library below shows.
fn sensitive(value: &str) -> Result<header::HeaderValue, Error> {
    let mut value = header::HeaderValue::from_str(value)
        .map_err(|_| Error::Setup("the key has characters that no key has".into()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Where an answer sends us.
fn redirection(response: &Response) -> Option<Url> {
    let status = response.status().as_u16();
    let location =
        response.headers().get(header::LOCATION).filter(|_| matches!(status, 301..=303 | 307 | 308))?;
    let target = response.url().join(location.to_str().ok()?).ok()?;
    matches!(target.scheme(), "http" | "https").then_some(target)
}

/// `Retry-After` in seconds; the other form, a date, is not used by servers of this kind.
fn seconds(response: &Response) -> Option<Duration> {
    let text = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

fn worth_repeating(error: &Error) -> bool {
    let waits = error.retry_after().is_none_or(|wait| wait <= LONGEST_WAIT);
    // a server that is not there is not there a second later
    error.is_passing() && waits && !matches!(error, Error::Unreachable { .. })
}

fn pause(error: &Error, tries: u32) -> Duration {
    error.retry_after().unwrap_or_else(|| backoff(tries, Duration::from_secs(2)))
}

/// A pause that doubles with every try, of which a random part keeps many clients from coming at once.
pub(crate) fn backoff(tries: u32, longest: Duration) -> Duration {
    let doubled = Duration::from_millis(100).saturating_mul(1 << tries.min(10));
    doubled.min(longest).mul_f64(0.5 + fastrand::f64() / 2.0)
}

/// The error's name and its text, of any of the forms that servers have for it.
fn said(body: &[u8], status: StatusCode) -> (Option<String>, String) {
    let json: Value = json::from_slice(body).unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let error = if json["error"].is_object() { &json["error"] } else { &json };
    let code = text(&error["code"]).or_else(|| text(&error["type"]));
    let message = text(&error["message"]).or_else(|| text(&json["error"]));
    let plain = || {
        let body = String::from_utf8_lossy(body);
        let line = body.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('<'));
        line.map_or_else(|| status.canonical_reason().unwrap_or_default().to_owned(), str::to_owned)
    };
    let message: String = message.unwrap_or_else(plain).chars().take(MOST_MESSAGE).collect();
    (code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_said_in_several_forms() {
        let bad = StatusCode::BAD_REQUEST;
        let of = |body: &str| said(body.as_bytes(), bad);
        assert_eq!(of(r#"{"error": "Job not found"}"#), (None, "Job not found".into()));
        assert_eq!(of(r#"{"code": "x", "message": "y"}"#), (Some("x".into()), "y".into()));
        assert_eq!(of(r#"{"error": {"type": "x", "message": "y"}}"#), (Some("x".into()), "y".into()));
        assert_eq!(of("400: Bad Request"), (None, "400: Bad Request".into()));
        assert_eq!(of("<html>"), (None, "Bad Request".into()));
    }

    #[test]
    fn pauses_grow_and_end() {
        assert!(backoff(0, Duration::from_secs(9)) <= Duration::from_millis(100));
        assert!(backoff(40, Duration::from_secs(2)) <= Duration::from_secs(2));
    }
}
