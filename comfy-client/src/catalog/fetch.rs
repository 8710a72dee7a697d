//! `/object_info` from the network into a [`Catalog`], piece by piece: neither the text nor its JSON is ever whole in
//! memory. It may come as gzip, which makes a tenth of it. What is kept of it for the next time is `store`'s.

use std::io::{self, Read};

use bytes::{Buf as _, Bytes};
use comfy_graph::catalog::{Catalog, CatalogError};
use futures_util::StreamExt as _;
use reqwest::{Response, header};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use super::store::{Place, Unfinished};
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

/// Asks for the catalog; `None` where it is still the one with this tag.
pub(super) async fn fetch(
    http: &Http,
    etag: Option<&str>,
    longest: u64,
    place: Option<&Place>,
) -> Result<Option<Fetched>, Error> {
    let mut call = Call::get(&["object_info"]).header("accept-encoding", "gzip".to_owned());
    // a tag comes out of a file
    if let Some(etag) = etag.filter(|etag| header::HeaderValue::from_str(etag).is_ok()) {
        call = call.header("if-none-match", etag.to_owned());
    }
    let mut tries = 1;
    loop {
        let answer = match http.once_or_unchanged(&call).await {
            Ok(None) => Ok(None),
            Ok(Some(response)) => receive(http, &call, response, longest, place).await.map(Some),
            Err(error) => Err(error),
        };
        match answer {
            Err(error) => http.before_another_try(&call, error, &mut tries).await?,
            answer => return answer,
        }
    }
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
) -> Result<Fetched, Error> {
    let too_large = || Error::TooLarge { route: call.route(), limit: longest };
    if response.content_length().is_some_and(|announced| announced > longest) {
        return Err(too_large());
    }
    let coding = response.headers().get(header::CONTENT_ENCODING).map(header::HeaderValue::as_bytes);
    let is_packed = coding.is_some_and(|coding| coding.eq_ignore_ascii_case(b"gzip"));
    let etag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let (feed, pieces) = mpsc::channel(MOST_WAITING);
    // the parser is busy for longer than a thread of the runtime may be
    let place = place.cloned();
    let parser = tokio::task::spawn_blocking(move || parse(pieces, is_packed, longest, place.as_ref()));
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
    let Parsed { catalog, sha256, unfinished, too_long } = parsed;
    if too_long {
        return Err(too_large());
    }
    let catalog = catalog.map_err(|error| malformed(call, &error))?;
    Ok(Fetched { catalog, etag, sha256, unfinished })
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
    catalog: Result<Catalog, CatalogError>,
    sha256: String,
    unfinished: Option<Unfinished>,
    /// Whether it went on after the limit.
    too_long: bool,
}

fn parse(pieces: mpsc::Receiver<Piece>, is_packed: bool, longest: u64, place: Option<&Place>) -> Parsed {
    let pieces = Pieces { source: pieces, rest: Bytes::new(), ended: false };
    let reader: Box<dyn Read> =
        if is_packed { Box::new(flate2::read::MultiGzDecoder::new(pieces)) } else { Box::new(pieces) };
    // a cache that cannot be written is no reason to have no catalog
    let unfinished = place.and_then(|place| place.begin().ok());
    let mut text = Text { reader, hash: Sha256::new(), unfinished, room: longest, too_long: false };
    let catalog = Catalog::from_reader(&mut text);
    let Text { reader: _, hash, unfinished, room: _, too_long } = text;
    Parsed { catalog, sha256: hex(&hash.finalize()), unfinished, too_long }
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
