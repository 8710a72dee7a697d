//! The compact form of a catalog: the facts of `/object_info` without prose, one class a line, compressed.
//!
//! Lines are `CLASS<TAB>JSON`, in the order of the server's answer. A class is parsed when it is first asked for,
//! so that loading costs a decompression and a scan for line ends.

use serde_json::{Map, Value};

use super::{
    CatalogError,
    input::{FILE_LIST, has_file_extension, is_file_list},
    price,
};

/// First line of the decompressed text; changes with the format.
const HEADER: &str = "comfy-catalog 1";

/// Keys that hold text for people, or drawing hints.
const PROSE: &[&str] = &[
    "tooltip",
    "description",
    "output_tooltips",
    "search_aliases",
    "essentials_category",
    "placeholder",
    "label_on",
    "label_off",
    "display",
    "gradient_stops",
    "help",
    "name",
];

/// Packs the JSON object of `/object_info`.
///
/// # Errors
/// [`CatalogError::NotAnObject`] when it is something else.
pub fn pack(object_info: &Value) -> Result<Vec<u8>, CatalogError> {
    let classes = object_info.as_object().ok_or(CatalogError::NotAnObject)?;
    let mut text = format!("{HEADER}\n");
    for (class, info) in classes {
        let Value::Object(info) = info else { continue };
        // A name with a tab or a line end could not be told apart from the format; no server has one.
        if class.contains(['\t', '\n', '\r']) {
            continue;
        }
        text.push_str(class);
        text.push('\t');
        text.push_str(&Value::Object(node_facts(info)).to_string());
        text.push('\n');
    }
    Ok(lz4_flex::compress_prepend_size(text.as_bytes()))
}

/// The answer of `/object_info` that was packed, without what packing leaves out.
///
/// # Errors
/// [`CatalogError::BadBundle`] when it is no packed catalog.
pub fn object_info(packed: &[u8]) -> Result<Value, CatalogError> {
    let text = unpack(packed)?;
    let mut classes = Map::new();
    for (class, facts) in lines(&text)? {
        let mut facts: Value = serde_json::from_str(facts).map_err(|_| CatalogError::BadBundle)?;
        if let Value::Object(facts) = &mut facts {
            facts.insert("name".to_owned(), class.into());
        }
        classes.insert(class.to_owned(), facts);
    }
    Ok(Value::Object(classes))
}

/// The text of a packed catalog.
pub(super) fn unpack(packed: &[u8]) -> Result<String, CatalogError> {
    let (size, _) = lz4_flex::block::uncompressed_size(packed).map_err(|_| CatalogError::BadBundle)?;
    // An honest file does not shrink by more than 255 (the limit of the format); do not allocate for a liar.
    if size > packed.len().saturating_mul(255) {
        return Err(CatalogError::BadBundle);
    }
    let bytes = lz4_flex::decompress_size_prepended(packed).map_err(|_| CatalogError::BadBundle)?;
    String::from_utf8(bytes).map_err(|_| CatalogError::BadBundle)
}

/// The lines of an unpacked catalog as (class, JSON).
pub(super) fn lines(text: &str) -> Result<impl Iterator<Item = (&str, &str)>, CatalogError> {
    let mut lines = text.split('\n');
    if lines.next() != Some(HEADER) {
        return Err(CatalogError::BadBundle);
    }
    Ok(lines.filter_map(|line| line.split_once('\t')))
}

/// The facts of one class: its info without prose and without what only repeats a default.
fn node_facts(info: &Map<String, Value>) -> Map<String, Value> {
    info.iter()
        .filter(|(key, value)| !PROSE.contains(&key.as_str()) && !is_default(value))
        .map(|(key, value)| match (key.as_str(), value) {
            ("input", Value::Object(input)) => (key.clone(), Value::Object(section_facts(input))),
            _ => price::shortened(key, value).unwrap_or_else(|| (key.clone(), value.clone())),
        })
        .filter(|(key, value)| key != "output_is_list" || any_true(value))
        .collect()
}

/// The sections of an input block; names of inputs are never prose.
fn section_facts(block: &Map<String, Value>) -> Map<String, Value> {
    block
        .iter()
        .map(|(section, inputs)| match inputs {
            Value::Object(inputs) if section != "hidden" => {
                let inputs = inputs.iter().map(|(name, spec)| (name.clone(), spec_facts(spec))).collect();
                (section.clone(), Value::Object(inputs))
            }
            other => (section.clone(), other.clone()),
        })
        .collect()
}

/// `[type, options]`. Lists of files are those of the machine that answered, and no facts of ComfyUI: they are left
/// out, and the input is marked for having had one.
fn spec_facts(spec: &Value) -> Value {
    let Value::Array(parts) = spec else { return spec.clone() };
    let mut word = parts.first().cloned().unwrap_or_default();
    let mut options = match parts.get(1) {
        Some(Value::Object(options)) => option_facts(options),
        _ => Map::new(),
    };
    let listed = without_files(&mut word) || options.get_mut("options").is_some_and(without_files);
    if listed {
        options.insert(FILE_LIST.to_owned(), true.into());
    }
    if options.contains_key(FILE_LIST)
        && options.get("default").and_then(Value::as_str).is_some_and(has_file_extension)
    {
        options.shift_remove("default");
    }
    Value::Array(if options.is_empty() { vec![word] } else { vec![word, Value::Object(options)] })
}

/// Takes the files out of a list of them; says whether it was one.
fn without_files(list: &mut Value) -> bool {
    let Value::Array(values) = list else { return false };
    let is_list = !values.iter().any(Value::is_object) && is_file_list(values);
    if is_list {
        values.retain(|value| !value.as_str().is_some_and(has_file_extension));
    }
    is_list
}

fn option_facts(options: &Map<String, Value>) -> Map<String, Value> {
    options
        .iter()
        .filter(|(key, _)| !PROSE.contains(&key.as_str()))
        // `false` and null are what an absent option means, but for a default
        .filter(|(key, value)| *key == "default" || *key == "control_after_generate" || !is_default(value))
        .map(|(key, value)| match (key.as_str(), value) {
            ("options", Value::Array(list)) => {
                (key.clone(), Value::Array(list.iter().map(dynamic_option_facts).collect()))
            }
            ("template", Value::Object(template)) => {
                let template = template
                    .iter()
                    .map(|(key, value)| match (key.as_str(), value) {
                        ("input", Value::Object(input)) => (key.clone(), Value::Object(section_facts(input))),
                        _ => (key.clone(), value.clone()),
                    })
                    .collect();
                (key.clone(), Value::Object(template))
            }
            _ => (key.clone(), value.clone()),
        })
        .collect()
}

/// An entry of `options`: a plain value, or an option of a dynamic combo.
fn dynamic_option_facts(option: &Value) -> Value {
    let Value::Object(option) = option else { return option.clone() };
    Value::Object(
        option
            .iter()
            .map(|(key, value)| match (key.as_str(), value) {
                ("inputs", Value::Object(inputs)) => (key.clone(), Value::Object(section_facts(inputs))),
                _ => (key.clone(), value.clone()),
            })
            .collect(),
    )
}

fn is_default(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false))
}

fn any_true(value: &Value) -> bool {
    value.as_array().is_some_and(|list| list.contains(&Value::Bool(true)))
}
