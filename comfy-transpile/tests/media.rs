//! Files that ComfyUI saved (`fixtures/saved`), and of the libraries of its savers and others' (`fixtures/media`), give
//! their workflow back, and damaged ones do no harm.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use comfy_transpile::media::{self, Container, Embedded, From, MediaError};
use serde_json::{Value, json};

/// By the libraries that savers use.
const MADE: &str = "media";
/// By ComfyUI itself.
const SAVED: &str = "saved";

fn folder(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", name].iter().collect()
}

fn file(name: &str) -> Vec<u8> {
    fs::read(folder(MADE).join(name)).expect("a fixture")
}

fn document(folder_name: &str, name: &str) -> Value {
    let text = fs::read(folder(folder_name).join(name)).expect("a document");
    serde_json::from_slice(&text).expect("JSON")
}

fn parsed(text: Option<&String>) -> Value {
    text.map_or(Value::Null, |text| serde_json::from_str(text).expect("JSON"))
}

/// Every media file of a folder, by name.
fn fixtures(folder_name: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = folder(folder_name);
    let names = fs::read_dir(&folder).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    names
        .map(|name| name.into_string().expect("ASCII"))
        .filter(|name| !["json", "py", "md"].contains(&extension(name)))
        .map(|name| (name.clone(), fs::read(folder.join(&name)).expect("a file")))
        .map(|(name, bytes)| match name.strip_suffix(".z") {
            Some(inner) => (inner.to_owned(), inflate(&bytes)),
            None => (name, bytes),
        })
        .collect()
}

fn all_fixtures() -> impl Iterator<Item = (String, Vec<u8>)> {
    [MADE, SAVED].into_iter().flat_map(fixtures)
}

fn inflate(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::inflate::decompress_to_vec_zlib(bytes).expect("zlib")
}

fn extension(name: &str) -> &str {
    name.rsplit('.').next().expect("there is always a part")
}

/// The container that the name says.
fn container(name: &str) -> Container {
    match extension(name) {
        "png" => Container::Png,
        "webp" => Container::WebP,
        "jpg" => Container::Jpeg,
        "avif" | "heic" => Container::Heif,
        "exr" => Container::Exr,
        "flac" => Container::Flac,
        "opus" | "ogg" => Container::Ogg,
        "mp3" => Container::Mp3,
        "mp4" | "mov" | "m4a" => Container::Mp4,
        "mkv" | "webm" => Container::Matroska,
        "glb" => Container::Glb,
        "svg" => Container::Svg,
        "latent" => Container::Safetensors,
        other => panic!("a fixture of a new kind: {other}"),
    }
}

#[test]
fn the_same_workflow_comes_out_of_every_container() {
    let (workflow, prompt) = (document(MADE, "workflow.json"), document(MADE, "prompt.json"));
    let fixtures = fixtures(MADE);
    let mut kinds = Vec::new();
    for (name, bytes) in &fixtures {
        let embedded = media::extract(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(embedded.container, container(name), "{name}");
        kinds.push(embedded.container);
        if name == "parameters.png" {
            continue;
        }
        assert_eq!(parsed(embedded.prompt.as_ref()), prompt, "{name}");
        let mut found = parsed(embedded.workflow.as_ref());
        match name.as_str() {
            "prompt_only.png" => assert_eq!(found, Value::Null),
            "long.opus" => {
                let extra = found.as_object_mut().and_then(|found| found.remove("extra"));
                assert_eq!(extra, Some(json!({"text": "x".repeat(140_000)})));
                assert_eq!(found, workflow);
            }
            _ => assert_eq!(found, workflow, "{name}"),
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    // all but GIF and WAV, in which nobody leaves anything
    assert_eq!((fixtures.len(), kinds.len()), (32, 13));
}

#[test]
fn the_same_workflow_comes_out_of_everything_that_comfyui_saves() {
    let (workflow, prompts) = (document(SAVED, "workflow.json"), document(SAVED, "prompts.json"));
    let fixtures = fixtures(SAVED);
    for (name, bytes) in &fixtures {
        let embedded = media::extract(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(embedded.container, container(name), "{name}");
        assert_eq!(parsed(embedded.workflow.as_ref()), workflow, "{name}");
        assert_eq!(parsed(embedded.prompt.as_ref()), prompts[name], "{name}");
    }
    assert!(
        fixtures.keys().eq(prompts.as_object().expect("one prompt a file").keys().collect::<BTreeSet<_>>())
    );
}

#[test]
fn texts_are_those_of_the_saver_byte_by_byte() {
    let embedded = media::extract(&file("image.png")).expect("a picture");
    let written = String::from_utf8(file("workflow.json")).expect("UTF-8");
    assert_eq!(embedded.workflow.as_deref(), Some(written.trim_end()));
    assert!(written.contains("\\u00e9"), "Python escapes what is not ASCII");
}

#[test]
fn the_workflow_is_preferred_and_either_can_be_forced() {
    let both = file("image.png");
    let Embedded { workflow, prompt, .. } = media::extract(&both).expect("a picture");
    assert_eq!(media::text(&both, From::Any).ok(), workflow);
    assert_eq!(media::text(&both, From::Workflow).ok(), workflow);
    assert_eq!(media::text(&both, From::Prompt).ok(), prompt);

    let one = file("prompt_only.png");
    assert_eq!(media::text(&one, From::Any).ok(), prompt);
    let error = media::text(&one, From::Workflow).expect_err("there is none");
    assert_eq!(error.to_string(), "no workflow in this PNG file, but a prompt");
}

#[test]
fn what_carries_nothing_says_so() {
    let said = |bytes: &[u8]| media::text(bytes, From::Any).expect_err("nothing to read").to_string();
    let parameters = file("parameters.png");
    assert_eq!(said(&parameters), "no workflow in this PNG file, only the parameters of another program");
    assert_eq!(said(b"GIF89a\x01\0\x01\0\0\0\0;"), "no workflow in this GIF file");
    assert_eq!(said(b"RIFF\x04\0\0\0WAVE"), "no workflow in this WAV file");
    assert_eq!(
        said(b"\x89PNG\r\n\x1a\n\0\0"),
        "damaged PNG file: it ends in the middle of a field, or a length is wrong"
    );
    assert_eq!(media::extract(b"{\"nodes\": []}"), Err(MediaError::NotMedia));
    assert_eq!(media::extract(b""), Err(MediaError::NotMedia));
}

#[test]
fn text_is_never_taken_for_media() {
    for text in [r#"{"nodes": []}"#, "\u{feff}{}", "<html></html>", "12345678{\"a\": 1}", "ftyp", "    moov"]
    {
        assert_eq!(media::sniff(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn models_are_read_up_to_their_header() {
    for name in ["image.latent", "mesh.glb"] {
        let whole = file(name);
        let needed = media::bytes_needed(&whole[..16]).expect("a header");
        let needed = usize::try_from(needed).expect("a short one");
        assert!(needed < whole.len(), "{name}");
        assert_eq!(media::extract(&whole[..needed]), media::extract(&whole), "{name}");
        assert!(media::extract(&whole[..needed - 1]).is_err(), "{name}");
    }
    assert_eq!(media::bytes_needed(&file("image.png")[..16]), None);
}

/// Cut off anywhere, a file gives an error, nothing, or what it gave before; never a part of a document.
#[test]
fn files_that_are_cut_off() {
    for (name, bytes) in all_fixtures() {
        let whole = media::extract(&bytes).expect("a sound file");
        let step = if bytes.len() > 10_000 { 997 } else { 1 };
        for end in (0..bytes.len()).step_by(step) {
            let Ok(cut) = media::extract(&bytes[..end]) else { continue };
            assert!(cut.workflow.is_none() || cut.workflow == whole.workflow, "{name} up to {end}");
            assert!(cut.prompt.is_none() || cut.prompt == whole.prompt, "{name} up to {end}");
        }
    }
}

/// Every byte of every file, changed in four ways: the ends of the range, one bit, and at random. No panic, and never
/// more text than there are bytes to make it of.
#[test]
fn files_with_a_changed_byte() {
    let mut random = 0x9e37_79b9_u32;
    for (name, mut bytes) in all_fixtures() {
        let step = if bytes.len() > 10_000 { 499 } else { 1 };
        for at in (0..bytes.len()).step_by(step) {
            let original = bytes[at];
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            for changed in [0, 0xff, original ^ 1, random.to_be_bytes()[0]] {
                bytes[at] = changed;
                check_bounds(&name, at, &bytes);
            }
            bytes[at] = original;
        }
    }
}

/// Several changes at once, among them lengths of all sizes.
#[test]
fn files_with_many_changed_bytes() {
    const LENGTHS: [&[u8]; 5] = [&[0; 4], &[0xff; 4], &[0x7f, 0xff, 0xff, 0xff], &[0, 0, 0, 1], &[0xff; 8]];
    let mut random = 0x1234_5678_u64;
    let mut next = move |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).expect("31 bits") % below
    };
    for (name, original) in all_fixtures() {
        for round in 0..100 {
            let mut bytes = original.clone();
            for _ in 0..=next(8) {
                let at = next(bytes.len());
                let length = LENGTHS[next(LENGTHS.len())];
                let end = (at + length.len()).min(bytes.len());
                bytes[at..end].copy_from_slice(&length[..end - at]);
            }
            check_bounds(&name, round, &bytes);
        }
    }
}

fn check_bounds(name: &str, at: usize, bytes: &[u8]) {
    let Ok(embedded) = media::extract(bytes) else { return };
    for text in [embedded.workflow, embedded.prompt, embedded.parameters].into_iter().flatten() {
        // Latin-1 and UTF-16 grow by half and more in UTF-8; compressed texts of the fixtures by less than tenfold
        assert!(text.len() <= 10 * bytes.len(), "{name}, {at}: {} bytes of text", text.len());
    }
}

/// 100 MB of zeros in 100 kB: the limit holds before the memory is taken.
#[test]
fn a_text_that_grows_beyond_measure_is_an_error() {
    let text = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b' '; 100 << 20], 6);
    let mut content = b"workflow\0\0".to_vec();
    content.extend(text);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(u32::try_from(content.len()).expect("short").to_be_bytes());
    file.extend(b"zTXt");
    file.extend(content);
    file.extend([0; 4]);
    let error = media::extract(&file).expect_err("too long");
    assert!(error.to_string().contains("longer than 64 MiB"), "{error}");
}

/// Few bytes that ask for much work: each of these takes milliseconds, or hours if a bound is missing.
#[test]
fn files_that_ask_for_more_work_than_they_have_bytes() {
    let be = |number: usize| u32::try_from(number).expect("short").to_be_bytes();
    let sized = |kind: &[u8], content: &[u8]| [&be(content.len() + 8), kind, content].concat();

    // a million items of 65,535 extents without any width, then the one that is looked for is missing
    let info = [b"\x02\0\0\0\0\x07\0\0Exif\0".as_slice()].concat();
    let items = [b"\0\0\0\0\0\x01".to_vec(), sized(b"infe", &info)].concat();
    let places =
        [b"\x02\0\0\0\0\0".to_vec(), be(1_000_000).to_vec(), b"\0\0\0\x01\0\0\0\0\xff\xff".repeat(1_000_000)];
    let meta = [vec![0; 4], sized(b"iinf", &items), sized(b"iloc", &places.concat())].concat();
    let avif = [sized(b"ftyp", b"avif\0\0\0\0"), sized(b"meta", &meta)].concat();
    let error = media::extract(&avif).expect_err("no such item");
    assert_eq!(error.to_string(), "damaged AVIF or HEIF file: the EXIF item is nowhere in the file");

    // 65,535 entries whose value is the whole file
    let entry = [b"\x01\x10\0\x02".as_slice(), &be(700_000), &be(0)].concat();
    let tiff = [b"MM\0*\0\0\0\x08\xff\xff".to_vec(), entry.repeat(65_535)].concat();
    let webp =
        [b"RIFF\0\0\0\0WEBPEXIF".as_slice(), &u32::try_from(tiff.len()).expect("short").to_le_bytes(), &tiff];
    let error = media::extract(&webp.concat()).expect_err("overlapping values");
    assert_eq!(error.to_string(), "damaged WebP file: EXIF values overlap");

    // 300,000 streams of one page each
    let page = |serial: u32| [b"OggS\0\x02\0\0\0\0\0\0\0\0", &serial.to_le_bytes()[..], &[0; 9]].concat();
    let ogg: Vec<u8> = (0..300_000).flat_map(page).collect();
    let error = media::extract(&ogg).expect_err("no comments");
    assert_eq!(error.to_string(), "damaged Ogg file: it ends before the comments do");
}

#[cfg(feature = "cli")]
#[test]
fn the_program_reads_pictures() {
    let run = |arguments: &[&str]| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_comfy-transpile"));
        program.env("NO_COLOR", "1").current_dir(folder(MADE)).args(arguments).output().expect("the program")
    };
    let from_json = run(&["workflow.json", "--to", "api"]);
    assert!(from_json.status.success() && !from_json.stdout.is_empty());
    for name in ["image.png", "image.avif", "video.webm", "image.latent"] {
        assert_eq!(run(&[name, "--to", "api"]).stdout, from_json.stdout, "{name}");
    }
    let prompt = run(&["image.png", "--to", "api", "--from", "prompt"]);
    assert_eq!(prompt.stdout, run(&["prompt.json", "--to", "api"]).stdout);
    assert_ne!(prompt.stdout, from_json.stdout);
    let none = run(&["prompt_only.png", "--from", "workflow"]);
    assert_eq!(none.status.code(), Some(2));
    let said = String::from_utf8(none.stderr).expect("UTF-8");
    assert_eq!(said, "error: prompt_only.png cannot be used: no workflow in this PNG file, but a prompt\n");
}
