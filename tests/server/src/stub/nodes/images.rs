//! Nodes that make pictures and what pictures are made of.

use axum::body::Bytes;
use serde_json::Value;

use super::{Call, Datum, Failure, Made, input_path, noise, pause};
use crate::stub::execute::Run;
use crate::stub::hub::Preview;
use crate::stub::png::{self, Picture};

/// Everything that is no sampler and saves nothing.
pub(super) fn make(run: &Run<'_>, call: &Call) -> Result<Made, Failure> {
    let outputs = match call.class.as_str() {
        "EmptyImage" => vec![Datum::Picture(empty(call))],
        "ImageScale" => vec![Datum::Picture(scaled(call))],
        "ImageInvert" => {
            let picture = call.picture("image");
            vec![Datum::Picture(Picture { rgb: picture.rgb.map(|part| 255 - part), ..picture })]
        }
        "ImageBlur" => vec![Datum::Picture(call.picture("image"))],
        "LoadImage" | "LoadImageMask" => load(run, call)?,
        "EmptyLatentImage" => {
            let (width, height) = (call.size("width"), call.size("height"));
            vec![Datum::Latent { width, height, batch: call.size("batch_size") }]
        }
        "VAEDecode" => vec![Datum::Picture(decoded(call))],
        class => {
            let count = run.engine.shared.catalog.outputs(class).len();
            vec![Datum::Opaque(call.hash()); count]
        }
    };
    Ok(Made { ui: None, outputs })
}

/// The colour is `0xRRGGBB`.
fn empty(call: &Call) -> Picture {
    let [.., red, green, blue] = call.int("color").to_be_bytes();
    Picture {
        width: call.size("width"),
        height: call.size("height"),
        batch: call.size("batch_size"),
        rgb: [red, green, blue],
    }
}

/// Zero keeps the proportions; zero twice keeps the picture.
fn scaled(call: &Call) -> Picture {
    let picture = call.picture("image");
    let (width, height) = (call.size("width"), call.size("height"));
    let scale = |side: u32, to: u32, of: u32| (u64::from(side) * u64::from(to) / u64::from(of.max(1))).max(1);
    let size = |long: u64| u32::try_from(long).unwrap_or(u32::MAX);
    let (width, height) = match (width, height) {
        (0, 0) => (picture.width, picture.height),
        (0, height) => (size(scale(picture.width, height, picture.height)), height),
        (width, 0) => (width, size(scale(picture.height, width, picture.width))),
        both => both,
    };
    Picture { width, height, ..picture }
}

/// A picture from the input folder: its size, and a colour that comes of its bytes.
fn load(run: &Run<'_>, call: &Call) -> Result<Vec<Datum>, Failure> {
    let name = call.text("image");
    let file = input_path(&name).and_then(|path| run.engine.shared.disk().read(&path).cloned());
    let Some(file) = file else {
        let message = format!("[Errno 2] No such file or directory: '{name}'");
        return Err(Failure::new("FileNotFoundError", message));
    };
    let sum = file.bytes.iter().fold(7_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte));
    let (width, height) = png::size(&file.bytes).unwrap_or((64, 64));
    let picture = Datum::Picture(Picture { width, height, batch: 1, rgb: [sum, sum ^ 0x55, sum ^ 0xAA] });
    let mask = Datum::Opaque(u64::from(sum));
    Ok(if call.class == "LoadImage" { vec![picture, mask] } else { vec![mask] })
}

/// What a decoder makes of a latent: its size, and noise as its colour.
fn decoded(call: &Call) -> Picture {
    let (width, height, batch) = match call.datum("samples") {
        Some(Datum::Latent { width, height, batch }) => (*width, *height, *batch),
        _ => (64, 64, 1),
    };
    let rgb = noise(3, call.hash());
    Picture { width, height, batch, rgb: [0, 1, 2].map(|at| rgb.get(at).copied().unwrap_or_default()) }
}

/// One step after the other, with previews if the prompt or the server wants them.
pub(super) async fn sample(run: &mut Run<'_>, call: &Call) -> Result<Made, Failure> {
    let steps = call.int("steps");
    let preview = wants_previews(run).then(|| Preview { png: false, bytes: Bytes::from_static(png::JPEG) });
    for step in 1..=steps {
        pause(run.engine.shared.options.node_time).await;
        run.step(&call.id, step, steps, preview.as_ref())?;
    }
    let latent = match call.datum("latent_image") {
        Some(latent @ Datum::Latent { .. }) => latent.clone(),
        _ => Datum::Latent { width: 64, height: 64, batch: 1 },
    };
    Ok(Made { ui: None, outputs: vec![latent] })
}

/// `latent_preview.set_preview_method`
fn wants_previews(run: &Run<'_>) -> bool {
    match run.item.extra_data.get("preview_method").and_then(Value::as_str) {
        Some("auto" | "latent2rgb" | "taesd") => true,
        Some("none") => false,
        _ => run.engine.shared.options.previews,
    }
}
