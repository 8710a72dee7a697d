//! Workflows inside of media files: which container a file is, and the texts that ComfyUI's savers left in it.
//!
//! Nothing here decodes pixels or sound, writes files or looks into the JSON further than to find the two texts:
//! reading them is `comfy_graph::front`'s. One file per family of containers, all over the same bounded
//! reader: no length of the file is believed, nothing recurses, and nothing but compressed text (at most 64 MiB)
//! takes more memory than the file itself.
//!
//! ```
//! use comfy_transpile::media::{self, Container, From};
//!
//! let svg = br#"<svg><metadata><![CDATA[{"prompt": {"1": {}}, "workflow": {"nodes": []}}]]></metadata></svg>"#;
//! assert_eq!(media::sniff(svg), Some(Container::Svg));
//!
//! let embedded = media::extract(svg)?;
//! assert_eq!(embedded.text(From::Any), Some(r#"{"nodes": []}"#));
//! assert_eq!(embedded.text(From::Prompt), Some(r#"{"1": {}}"#));
//! # Ok::<(), media::MediaError>(())
//! ```

mod bytes;
mod ebml;
mod exr;
mod flac;
mod found;
mod gltf;
mod heif;
mod id3;
mod isobmff;
mod jpeg;
mod json;
mod ogg;
mod png;
mod riff;
mod safetensors;
mod svg;
mod tiff;
mod vorbis;

use std::fmt;

use bytes::Broken;
use found::Found;

/// A kind of file that may carry a workflow, or that people take for one that does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Container {
    /// PNG, animated or not: `SaveImage`, `PreviewImage`, `SaveAnimatedPNG`.
    Png,
    /// WebP: `SaveAnimatedWEBP`.
    WebP,
    /// JPEG: savers of custom nodes.
    Jpeg,
    /// AVIF and HEIF: savers of custom nodes.
    Heif,
    /// `OpenEXR`: `SaveImageAdvanced`.
    Exr,
    /// GIF. No saver puts a workflow into one.
    Gif,
    /// FLAC: `SaveAudio`.
    Flac,
    /// Ogg with Opus, Vorbis, FLAC or Theora in it: `SaveAudioOpus`.
    Ogg,
    /// MP3: `SaveAudioMP3`.
    Mp3,
    /// WAV. No saver puts a workflow into one.
    Wav,
    /// MP4, MOV, M4V and M4A: `SaveVideo`.
    Mp4,
    /// Matroska and `WebM`: `SaveVideo`, `SaveWEBM`.
    Matroska,
    /// Binary glTF: `SaveGLB`.
    Glb,
    /// SVG: `SaveSVGNode`.
    Svg,
    /// Safetensors, also under the name `.latent`: `SaveLatent` and the savers of models.
    Safetensors,
}

impl Container {
    /// The name people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Jpeg => "JPEG",
            Self::Heif => "AVIF or HEIF",
            Self::Exr => "OpenEXR",
            Self::Gif => "GIF",
            Self::Flac => "FLAC",
            Self::Ogg => "Ogg",
            Self::Mp3 => "MP3",
            Self::Wav => "WAV",
            Self::Mp4 => "MP4 or MOV",
            Self::Matroska => "Matroska or WebM",
            Self::Glb => "GLB",
            Self::Svg => "SVG",
            Self::Safetensors => "safetensors",
        }
    }
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which of the two embedded documents is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum From {
    /// The workflow, or the prompt when there is none: what the frontend opens.
    #[default]
    Any,
    /// The workflow (UI format) only.
    Workflow,
    /// The prompt (API format) only.
    Prompt,
}

/// What a file carries. All three are texts as the saver wrote them, that is JSON as Python writes it, with bare
/// `NaN` and `Infinity` perhaps; none is checked further than that it looks like an object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Embedded {
    /// What the file is.
    pub container: Container,
    /// The workflow (UI format). Absent in files made through the API.
    pub workflow: Option<String>,
    /// The prompt (API format) that made the file.
    pub prompt: Option<String>,
    /// The generation parameters of A1111 and its relatives, as text. Not a workflow, but worth a hint.
    pub parameters: Option<String>,
}

impl Embedded {
    /// The document that is asked for.
    pub fn text(&self, from: From) -> Option<&str> {
        match from {
            From::Any => self.workflow.as_deref().or(self.prompt.as_deref()),
            From::Workflow => self.workflow.as_deref(),
            From::Prompt => self.prompt.as_deref(),
        }
    }
}

/// Why nothing was read from a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// The bytes are in none of the containers of [`Container`].
    #[error("not a media file that could carry a workflow")]
    NotMedia,
    /// The file is damaged, cut off or lies about its lengths, and no workflow was found before that place.
    #[error("damaged {container} file: {problem}")]
    Damaged {
        /// What the file claims to be.
        container: Container,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The file is sound but does not carry the document.
    #[error("no {} in this {container} file{}", wanted(*.from), hint(*.from, *.other, *.parameters))]
    Nothing {
        /// What the file is.
        container: Container,
        /// What was looked for.
        from: From,
        /// Whether it carries the other one of workflow and prompt.
        other: bool,
        /// Whether it carries the parameters of another program.
        parameters: bool,
    },
}

fn wanted(from: From) -> &'static str {
    match from {
        From::Any | From::Workflow => "workflow",
        From::Prompt => "prompt",
    }
}

fn hint(from: From, other: bool, parameters: bool) -> &'static str {
    match from {
        From::Workflow if other => ", but a prompt",
        From::Prompt if other => ", but a workflow",
        From::Any | From::Workflow | From::Prompt if parameters => ", only the parameters of another program",
        From::Any | From::Workflow | From::Prompt => "",
    }
}

/// Which container a file is, by its first bytes. Names and media types are not looked at: they are often wrong.
pub fn sniff(bytes: &[u8]) -> Option<Container> {
    let at = |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    Some(match bytes {
        _ if at(0, png::MAGIC) => Container::Png,
        _ if at(0, b"RIFF") && at(8, b"WEBP") => Container::WebP,
        _ if at(0, b"RIFF") && at(8, b"WAVE") => Container::Wav,
        _ if at(0, b"\xff\xd8\xff") => Container::Jpeg,
        _ if at(0, exr::MAGIC) => Container::Exr,
        _ if at(0, b"GIF87a") || at(0, b"GIF89a") => Container::Gif,
        _ if at(0, b"fLaC") => Container::Flac,
        _ if at(0, b"OggS") => Container::Ogg,
        _ if id3::is_tagged(bytes) => {
            if id3::is_before_flac(bytes) {
                Container::Flac
            } else {
                Container::Mp3
            }
        }
        _ if id3::is_mpeg_audio(bytes) => Container::Mp3,
        _ if at(0, ebml::MAGIC) => Container::Matroska,
        _ if at(0, b"glTF") => Container::Glb,
        _ if at(4, b"ftyp") && heif::is_brand(bytes) => Container::Heif,
        _ if isobmff::is_file(bytes) => Container::Mp4,
        _ if safetensors::is_file(bytes) => Container::Safetensors,
        _ if svg::is_file(bytes) => Container::Svg,
        _ => return None,
    })
}

/// How many bytes of a file have to be read, given its first ones (16 or more): the header of containers that
/// keep the workflow there and may be gigabytes long. `None` means the whole file.
pub fn bytes_needed(start: &[u8]) -> Option<u64> {
    if start.starts_with(b"glTF") { gltf::header_len(start) } else { safetensors::header_len(start) }
}

/// Everything that a file carries.
///
/// What was found before a damaged place counts; a file that is damaged before anything was found is an error.
///
/// # Errors
/// [`MediaError::NotMedia`] and [`MediaError::Damaged`].
pub fn extract(bytes: &[u8]) -> Result<Embedded, MediaError> {
    let container = sniff(bytes).ok_or(MediaError::NotMedia)?;
    let mut found = Found::default();
    let read = read(container, bytes, &mut found);
    match read {
        Err(Broken(problem)) if found.is_empty() => Err(MediaError::Damaged { container, problem }),
        Ok(()) | Err(_) => Ok(found.into_embedded(container)),
    }
}

/// The document of a file that is asked for.
///
/// # Errors
/// Those of [`extract`], and [`MediaError::Nothing`].
pub fn text(bytes: &[u8], from: From) -> Result<String, MediaError> {
    let embedded = extract(bytes)?;
    match embedded.text(from) {
        Some(text) => Ok(text.to_owned()),
        None => Err(MediaError::Nothing {
            container: embedded.container,
            from,
            other: embedded.workflow.is_some() || embedded.prompt.is_some(),
            parameters: embedded.parameters.is_some(),
        }),
    }
}

fn read(container: Container, bytes: &[u8], found: &mut Found) -> Result<(), Broken> {
    match container {
        Container::Png => png::read(bytes, found),
        Container::WebP => riff::read(bytes, found),
        Container::Jpeg => jpeg::read(bytes, found),
        Container::Heif => heif::read(bytes, found),
        Container::Exr => exr::read(bytes, found),
        Container::Flac => flac::read(bytes, found),
        Container::Ogg => ogg::read(bytes, found),
        Container::Mp3 => id3::read(bytes, found),
        Container::Mp4 => isobmff::read(bytes, found),
        Container::Matroska => ebml::read(bytes, found),
        Container::Glb => gltf::read(bytes, found),
        Container::Svg => svg::read(bytes, found),
        Container::Safetensors => safetensors::read(bytes, found),
        // nothing is ever in them
        Container::Gif | Container::Wav => Ok(()),
    }
}
