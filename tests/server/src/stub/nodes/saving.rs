//! Nodes that save and show: their files, and the `ui` that `executed` has.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::{Call, Datum, Failure, Given, Made, noise, texts};
use crate::stub::execute::Run;
use crate::stub::hub::Preview;
use crate::stub::{disk, engine, png, python};

/// Where files of a prefix go: `folder_paths.get_save_image_path`.
pub(super) struct Place {
    /// `output/sub`
    path: String,
    subfolder: String,
    name: String,
    pub(super) counter: u64,
}

impl Place {
    pub(super) fn new(run: &Run<'_>, folder: &str, prefix: &str) -> Result<Self, Failure> {
        let Some(whole) = disk::join(folder, &[prefix]) else {
            let message = "**** ERROR: Saving image outside the output folder is not allowed.\n \
                full_output_folder: /\n         output_dir: /output";
            return Err(Failure::new("Exception", message));
        };
        let below = whole.strip_prefix(folder).unwrap_or_default().trim_start_matches('/');
        let (subfolder, name) = below.rsplit_once('/').unwrap_or(("", below));
        let path = if subfolder.is_empty() { folder.to_owned() } else { format!("{folder}/{subfolder}") };
        let counter = run.engine.shared.disk().counter(&path, name);
        Ok(Self { path, subfolder: subfolder.to_owned(), name: name.to_owned(), counter })
    }

    /// Writes a file of this place and gives its output item.
    pub(super) fn write(&self, run: &Run<'_>, file: &str, bytes: Vec<u8>) -> Value {
        let folder = self.path.split('/').next().unwrap_or_default();
        run.engine.shared.disk().write(&format!("{}/{file}", self.path), bytes);
        json!({"filename": file, "subfolder": self.subfolder, "type": folder})
    }

    /// Writes `name_00001_.ext`.
    pub(super) fn numbered(&self, run: &Run<'_>, end: &str, bytes: Vec<u8>) -> Value {
        self.write(run, &format!("{}_{:05}{end}", self.name, self.counter), bytes)
    }
}

pub(super) fn save_images(run: &Run<'_>, call: &Call) -> Result<Made, Failure> {
    let picture = call.picture("images");
    let place = if call.class == "PreviewImage" {
        Place::new(run, "temp", &format!("ComfyUI_temp_{}", letters(call.hash())))?
    } else {
        let prefix = call.text("filename_prefix");
        let prefix = prefix.replace("%width%", &picture.width.to_string());
        Place::new(run, "output", &prefix.replace("%height%", &picture.height.to_string()))?
    };
    let file = png::encode(&picture, &texts(run));
    let mut items = Vec::new();
    for number in 0..picture.batch {
        let name = place.name.replace("%batch_num%", &number.to_string());
        let name = format!("{name}_{:05}_.png", place.counter + u64::from(number));
        items.push(place.write(run, &name, file.clone()));
    }
    Ok(Made { ui: Some(json!({"images": items})), outputs: vec![Datum::Picture(picture)] })
}

/// Five letters, as the instance of a `PreviewImage` draws them.
fn letters(seed: u64) -> String {
    let mut rest = engine::mix(seed);
    let mut letter = || {
        let letter = b'a' + u8::try_from(rest % 26).unwrap_or_default();
        rest /= 26;
        char::from(letter)
    };
    std::iter::repeat_with(&mut letter).take(5).collect()
}

/// Pictures over the socket, as previews in the format PNG; the bar counts from zero.
pub(super) fn send_images(run: &mut Run<'_>, call: &Call) -> Result<Made, Failure> {
    let picture = call.picture("images");
    let bytes = Bytes::from(png::encode(&picture, &[]));
    let preview = Preview { png: true, bytes };
    for number in 0..picture.batch {
        run.step(&call.id, number.into(), picture.batch.into(), Some(&preview))?;
    }
    Ok(Made::default())
}

pub(super) fn save_audio(run: &Run<'_>, call: &Call) -> Result<Made, Failure> {
    let place = Place::new(run, "output", &call.text("filename_prefix"))?;
    let mut bytes = b"fLaC".to_vec();
    bytes.extend(noise(2048, call.hash()));
    let item = place.numbered(run, ".flac", bytes);
    let outputs = call.datum("audio").cloned().into_iter().collect();
    Ok(Made { ui: Some(json!({"audio": [item]})), outputs })
}

pub(super) fn save_latent(run: &Run<'_>, call: &Call) -> Result<Made, Failure> {
    let place = Place::new(run, "output", &call.text("filename_prefix"))?;
    let item = place.numbered(run, "_.latent", noise(256, call.hash()));
    let outputs = call.datum("samples").cloned().into_iter().collect();
    Ok(Made { ui: Some(json!({"latents": [item]})), outputs })
}

pub(super) fn preview_any(call: &Call) -> Made {
    let text = match call.get("source") {
        Some(Given::Value(value)) => python::text(value),
        Some(Given::Datum(Datum::Text(text))) => text.clone(),
        Some(Given::Datum(datum)) => format!("{datum:?}"),
        None => "None".to_owned(),
    };
    Made { ui: Some(json!({"text": [text]})), outputs: vec![Datum::Text(text)] }
}
