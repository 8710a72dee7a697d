//! A request before it is sent: what it asks for and what it carries. Sending it is the parent module's.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use reqwest::{
    Method, RequestBuilder, header,
    multipart::{Form, Part as FormPart},
};
use serde_json::Value;

use crate::error::Error;

/// What a request carries.
#[derive(Clone, Debug, Default)]
pub(crate) enum Body {
    #[default]
    Empty,
    Json(Value),
    /// These bytes, of this type.
    Raw {
        bytes: Bytes,
        content_type: &'static str,
    },
    /// A form with files; made anew for every try.
    Form(Vec<Part>),
}

/// A field of a form.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) value: PartValue,
}

#[derive(Clone, Debug)]
pub(crate) enum PartValue {
    Text(String),
    File {
        name: String,
        bytes: Bytes,
    },
    /// A file of this machine, read while it is sent.
    Path {
        name: String,
        path: PathBuf,
    },
}

/// A request, to be sent once or several times.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(super) method: Method,
    pub(super) parts: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Body,
    pub(super) headers: Vec<(&'static str, String)>,
    /// Whether its path begins with `/api`.
    pub(super) api: bool,
    /// Whether sending it twice does no more than sending it once.
    pub(super) repeatable: bool,
}

impl Call {
    fn new(method: Method, parts: &[&str], repeatable: bool) -> Self {
        Self {
            method,
            parts: parts.iter().map(|&part| part.to_owned()).collect(),
            query: Vec::new(),
            body: Body::Empty,
            headers: Vec::new(),
            api: true,
            repeatable,
        }
    }

    /// A request that changes nothing.
    pub(crate) fn get(parts: &[&str]) -> Self {
        Self::new(Method::GET, parts, true)
    }

    /// A request that is sent once, unless [`repeatable`](Self::repeatable) says otherwise.
    pub(crate) fn post(parts: &[&str]) -> Self {
        Self::new(Method::POST, parts, false)
    }

    /// A request that puts something somewhere. Servers of this kind also make new things by it, so it is sent once.
    pub(crate) fn put(parts: &[&str]) -> Self {
        Self::new(Method::PUT, parts, false)
    }

    /// A request that takes something away; a second one finds nothing.
    pub(crate) fn delete(parts: &[&str]) -> Self {
        Self::new(Method::DELETE, parts, false)
    }

    /// A request that changes a part of something.
    pub(crate) fn patch(parts: &[&str]) -> Self {
        Self::new(Method::PATCH, parts, false)
    }

    /// A request for nothing but the head of an answer.
    pub(crate) fn head(parts: &[&str]) -> Self {
        Self::new(Method::HEAD, parts, true)
    }

    /// Of a route that a server has without `/api` only.
    pub(crate) fn without_api(mut self) -> Self {
        self.api = false;
        self
    }

    /// Sending it twice does no harm.
    pub(crate) fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    pub(crate) fn query_opt(self, name: &'static str, value: Option<impl std::fmt::Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    pub(crate) fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// `GET /api/queue`, for messages. Never the query, which may hold names of files.
    pub(crate) fn route(&self) -> String {
        format!("{} {}/{}", self.method, if self.api { "/api" } else { "" }, self.parts.join("/"))
    }
}

/// Puts what a request carries into it.
pub(super) async fn with_body(request: RequestBuilder, body: &Body) -> Result<RequestBuilder, Error> {
    Ok(match body {
        Body::Empty => request,
        Body::Json(value) => request.json(value),
        Body::Raw { bytes, content_type } => {
            request.header(header::CONTENT_TYPE, *content_type).body(bytes.clone())
        }
        Body::Form(parts) => {
            let mut form = Form::new();
            for part in parts {
                form = match &part.value {
                    PartValue::Text(text) => form.text(part.name, text.clone()),
                    PartValue::File { name, bytes } => {
                        let length = bytes.len() as u64;
                        let file = FormPart::stream_with_length(bytes.clone(), length);
                        form.part(part.name, file.file_name(name.clone()))
                    }
                    PartValue::Path { name, path } => {
                        form.part(part.name, open(path).await?.file_name(name.clone()))
                    }
                };
            }
            request.multipart(form)
        }
    })
}

async fn open(path: &Path) -> Result<FormPart, Error> {
    let failed = |cause| Error::File { path: path.to_owned(), cause };
    let file = tokio::fs::File::open(path).await.map_err(failed)?;
    let length = file.metadata().await.map_err(failed)?.len();
    Ok(FormPart::stream_with_length(file, length))
}
