//! `/object_info` from the network into a [`Catalog`], piece by piece: neither the text nor its JSON is ever whole in
//! memory. It may come as gzip, which makes a tenth of it. What is kept of it for the next time is `store`'s.

use std::io::{self, Read};

use bytes::{Buf as _, Bytes};
use comfy_graph::catalog::{Catalog, CatalogError};
use futures_util::StreamExt as _;
use reqwest::{Response, header};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use super::store::{About, Place, Unfinished};
use crate::{
    error::Error,
    hex::hex,
    http::{Call, Http},
};

/// How many pieces of the answer may wait for the parser.
const MOST_WAITING: usize = 16;

/// A catalog, and what is known of the answer that it was read from.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) catalog: Catalog,
    /// What the server calls this answer.
    pub(super) etag: Option<String>,
    /// Of the answer's bytes, in hexadecimal.
    pub(super) sha256: String,
    /// The answer, written down.
    pub(super) unfinished: Option<Unfinished>,
}

/// Asks for the catalog; `None` where it is still the known one.
pub(super) async fn fetch(
    http: &Http,
    mut known: Option<&About>,
    longest: u64,
    mut place: Option<&Place>,
) -> Result<Option<Fetched>, Error> {
    let mut tries = 1;
    loop {
        let mut call = Call::get(&["object_info"]).header("accept-encoding", "gzip".to_owned());
        let etag = known.and_then(|known| known.etag.as_deref());
        // a tag comes out of a file
        if let Some(etag) = etag.filter(|etag| header::HeaderValue::from_str(etag).is_ok()) {
            call = call.header("if-none-match", etag.to_owned());
        }
        let answer = match http.once_or_unchanged(&call).await {
            Ok(None) => Ok(Received::Known),
            Ok(Some(response)) => receive(http, &call, response, longest, place, known).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(Received::Known) => return Ok(None),
            Ok(Received::New(fetched)) => return Ok(Some(*fetched)),
            // it cannot be written down, so it is read as it comes
            Ok(Received::Lost) => (known, place) = (None, None),
            Err(error) => http.before_another_try(&call, error, &mut tries).await?,
        }
    }
}

/// What became of an answer.
enum Received {
    New(Box<Fetched>),
    /// It is the known one.
    Known,
    /// It was to be read from the file in which it was written down, and is not there.
    Lost,
}

/// What the parser is sent.
enum Piece {
    Bytes(Bytes),
    /// The answer is whole; without this word it is not.
    End,
}

async fn receive(
    http: &Http,
    call: &Call,
    response: Response,
    longest: u64,
    place: Option<&Place>,
    known: Option<&About>,
) -> Result<Received, Error> {
    let too_large = || Error::TooLarge { route: call.route(), limit: longest };
    if response.content_length().is_some_and(|announced| announced > longest) {
        return Err(too_large());
    }
    let coding = response.headers().get(header::CONTENT_ENCODING).map(header::HeaderValue::as_bytes);
    let is_packed = coding.is_some_and(|coding| coding.eq_ignore_ascii_case(b"gzip"));
    let etag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    // with another tag there is something to write, whatever the text
    let known = known.filter(|known| known.etag == etag).map(|known| known.sha256.clone());
    let (feed, pieces) = mpsc::channel(MOST_WAITING);
    // the parser is busy for longer than a thread of the runtime may be
    let place = place.cloned();
    let parser = tokio::task::spawn_blocking(move || {
        let pieces = Pieces { source: pieces, rest: Bytes::new(), ended: false };
        let reader: Box<dyn Read> =
            if is_packed { Box::new(flate2::read::MultiGzDecoder::new(pieces)) } else { Box::new(pieces) };
        // a cache that cannot be written is no reason to have no catalog
        let unfinished = place.and_then(|place| place.begin().ok());
        let text = Text { reader, hash: Sha256::new(), unfinished, room: longest, too_long: false };
        text.parse(known.as_deref())
    });
    let forward = async {
        let mut length = 0_u64;
        let mut stream = response.bytes_stream();
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|error| http.broken(&call.route(), error))?;
            length = length.saturating_add(piece.len() as u64);
            if length > longest {
                return Err(too_large());
            }
            // a parser that wants no more says why below
            if feed.send(Piece::Bytes(piece)).await.is_err() {
                return Ok(());
            }
        }
        let _ = feed.send(Piece::End).await;
        Ok(())
    };
    let forwarded = forward.await;
    drop(feed);
    let parsed = parser.await.map_err(|error| Error::Setup(Box::new(error)))?;
    // what is wrong with the connection explains what is wrong with the text
    forwarded?;
    let Parsed { outcome, sha256, unfinished, too_long } = parsed;
    match outcome {
        _ if too_long => Err(too_large()),
        Ok(Outcome::New(catalog)) => {
            Ok(Received::New(Box::new(Fetched { catalog, etag, sha256, unfinished })))
        }
        Ok(Outcome::Known) => Ok(Received::Known),
        Ok(Outcome::Lost) => Ok(Received::Lost),
        Err(error) => Err(malformed(call, &error)),
    }
}

fn malformed(call: &Call, error: &CatalogError) -> Error {
    let detail = match error {
        CatalogError::NotJson(cause) => format!("{error}: {cause}"),
        CatalogError::Unreadable(cause) => format!("{error}: {cause}"),
        _ => error.to_string(),
    };
    Error::malformed(call.route(), detail)
}

/// What became of the text.
struct Parsed {
    outcome: Result<Outcome, CatalogError>,
    sha256: String,
    unfinished: Option<Unfinished>,
    /// Whether it went on after the limit.
    too_long: bool,
}

enum Outcome {
    New(Catalog),
    Known,
    Lost,
}

/// The text of the answer. What it gives is counted, hashed and written down on the way.
struct Text {
    reader: Box<dyn Read>,
    hash: Sha256,
    unfinished: Option<Unfinished>,
    /// How many bytes it may still have.
    room: u64,
    too_long: bool,
}

impl Text {
    /// Reads all of it. A text with the hash of the known one is not parsed.
    fn parse(mut self, known: Option<&str>) -> Parsed {
        let outcome = match known.filter(|_| self.unfinished.is_some()) {
            Some(known) => self.parse_if_new(known),
            None => Catalog::from_reader(&mut self).map(Outcome::New),
        };
        let Self { reader: _, hash, unfinished, room: _, too_long } = self;
        Parsed { outcome, sha256: hex(&hash.finalize()), unfinished, too_long }
    }

    /// Writes it down first, and parses what was written where it is new.
    fn parse_if_new(&mut self, known: &str) -> Result<Outcome, CatalogError> {
        io::copy(self, &mut io::sink()).map_err(CatalogError::Unreadable)?;
        if hex(&self.hash.clone().finalize()) == known {
            return Ok(Outcome::Known);
        }
        match self.unfinished.as_mut().map(Unfinished::reread) {
            Some(Ok(written)) => Catalog::from_reader(written).map(Outcome::New),
            Some(Err(_)) | None => Ok(Outcome::Lost),
        }
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        let piece = buffer.get(..length).unwrap_or_default();
        let Some(room) = self.room.checked_sub(length as u64) else {
            self.too_long = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        };
        self.room = room;
        self.hash.update(piece);
        self.unfinished.take_if(|file| file.write(piece).is_err());
        Ok(length)
    }
}

/// The pieces of the answer as the bytes of a reader.
struct Pieces {
    source: mpsc::Receiver<Piece>,
    rest: Bytes,
    ended: bool,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() && !self.ended {
            match self.source.blocking_recv() {
                Some(Piece::Bytes(piece)) => self.rest = piece,
                Some(Piece::End) => self.ended = true,
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        let length = buffer.len().min(self.rest.len());
        self.rest.copy_to_slice(buffer.get_mut(..length).unwrap_or_default());
        Ok(length)
    }
}
