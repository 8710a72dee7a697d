//! What the catalog knows of one input: its name, socket type and widget.

use std::{fmt, sync::Arc};

use serde_json::{Map, Number, Value};

use super::IoType;

/// Whether the server insists on an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Section {
    /// Listed under `required`: a prompt without it is refused.
    Required,
    /// Listed under `optional`.
    Optional,
}

/// One declared input of a node, or of an option of a dynamic combo.
#[derive(Clone, Debug, PartialEq)]
pub struct InputDef {
    /// The key in the prompt. Inside dynamic inputs this is the last segment only.
    pub name: Box<str>,
    /// Required or optional.
    pub section: Section,
    /// What may be linked to it. Old list combos have `COMBO`, match types the types their template allows.
    pub io_type: IoType,
    /// The widget, or the special form, of the input.
    pub kind: InputKind,
    /// The author's one-line help.
    pub tooltip: Option<Box<str>>,
    /// The label shown instead of the name.
    pub display_name: Option<Box<str>>,
    /// Boolean options of the input.
    pub flags: InputFlags,
    /// Options that this crate gives no meaning to, as they came.
    pub extra: Map<String, Value>,
}

/// Boolean options of an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "these are the server's own flags")]
pub struct InputFlags {
    /// The value can come by link only; no widget is made (`forceInput`).
    pub force_input: bool,
    /// An optional input that starts as a socket (`defaultInput`).
    pub default_input: bool,
    /// Shown only on demand.
    pub advanced: bool,
    /// Evaluated only when the node asks for it.
    pub lazy: bool,
    /// Not shown.
    pub hidden: bool,
    /// The frontend offers no socket.
    pub socketless: bool,
    /// The node gets the link itself instead of its value.
    pub raw_link: bool,
}

/// What kind of input it is.
#[derive(Clone, Debug, PartialEq)]
pub enum InputKind {
    /// `INT`
    Int(IntDef),
    /// `FLOAT`
    Float(FloatDef),
    /// `STRING`
    String(StringDef),
    /// `BOOLEAN`
    Boolean(BooleanDef),
    /// `COMBO`, or the old form with the list in the place of the type.
    Combo(ComboDef),
    /// `COMFY_DYNAMICCOMBO_V3`: a combo whose choice brings inputs of its own, `NAME.sub` in the prompt.
    DynamicCombo(Vec<DynamicOption>),
    /// `COMFY_AUTOGROW_V3`: a list of sockets `NAME.item`.
    Autogrow(Box<AutogrowDef>),
    /// `COMFY_MATCHTYPE_V3`: a socket whose type is shared by all that name the same template.
    MatchType {
        /// Inputs and outputs with one template id have one type.
        template_id: Box<str>,
    },
    /// `COMFY_DYNAMICSLOT_V3`: an optional socket that brings inputs of its own when it is linked.
    DynamicSlot(Vec<InputDef>),
    /// A widget that only the frontend knows how to draw (colour, curve, camera …).
    Frontend(FrontendWidget, Option<Value>),
    /// A plain socket: the value comes by link. Some declare a default for literals in a prompt.
    Socket(Option<Value>),
}

/// An integer input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntDef {
    /// The declared default; the frontend takes 0 without one.
    pub default: Option<Number>,
    /// Smallest value the server takes.
    pub min: Option<Number>,
    /// Greatest value the server takes; above `i64::MAX` for seeds.
    pub max: Option<Number>,
    /// Step of the spinner; the server does not check it.
    pub step: Option<Number>,
    /// The companion widget that changes the value after each run.
    pub control: Option<Control>,
}

/// A floating-point input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FloatDef {
    /// The declared default; the frontend takes 0 without one.
    pub default: Option<Number>,
    /// Smallest value the server takes.
    pub min: Option<Number>,
    /// Greatest value the server takes.
    pub max: Option<Number>,
    /// Step of the spinner; the server does not check it.
    pub step: Option<Number>,
    /// The companion widget that changes the value after each run.
    pub control: Option<Control>,
}

/// `control_after_generate` of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// Declared on or off.
    Declared(bool),
    /// Declared with the name of its widget, which is also its first value (`"fixed"`).
    Named(Box<str>),
}

/// A text input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StringDef {
    /// The declared default; the frontend takes the empty string without one.
    pub default: Option<Box<str>>,
    /// Drawn as a text area.
    pub multiline: bool,
    /// The frontend expands `{a|b}` and strips comments when queueing.
    pub dynamic_prompts: bool,
}

/// A boolean input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BooleanDef {
    /// The declared default; the frontend takes false without one.
    pub default: Option<bool>,
}

/// A choice from a list.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "these are the server's own flags")]
pub struct ComboDef {
    /// The values, strings or integers, as the server lists them. Empty when no file is installed, and when the
    /// frontend fetches the list itself. The bundled catalog names no files.
    pub options: Choices,
    /// The declared default.
    pub default: Option<Value>,
    /// The value is a list of options (`multiselect`, checked by the server).
    pub multiselect: bool,
    /// The frontend draws a multiple choice (`multi_select`).
    pub multi_select_widget: bool,
    /// The frontend fetches the options from a route of the server.
    pub remote: Option<Value>,
    /// Files can be uploaded for it.
    pub upload: Option<Upload>,
    /// The companion widget that changes the value after each run.
    pub control: Option<Control>,
    /// The definition has the list in the place of the type.
    pub old_form: bool,
    /// The list had files in it that the bundled catalog leaves out.
    pub file_list: bool,
}

/// The values of a combo. Nodes that list the same files share one list.
#[derive(Clone, Default)]
pub struct Choices(Arc<[Value]>);

impl std::ops::Deref for Choices {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0
    }
}
impl PartialEq for Choices {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}
impl fmt::Debug for Choices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl From<Vec<Value>> for Choices {
    fn from(values: Vec<Value>) -> Self {
        Self(values.into())
    }
}
impl FromIterator<Value> for Choices {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}
impl<'a> IntoIterator for &'a Choices {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// What can be uploaded for a combo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Upload {
    /// `image_upload`
    Image,
    /// `animated_image_upload`
    AnimatedImage,
    /// `video_upload`
    Video,
    /// `audio_upload`
    Audio,
    /// `file_upload`
    File,
}

impl ComboDef {
    /// Whether the options are files of one machine rather than a fixed list: nothing is listed, they are fetched
    /// or uploaded, or most of them end like a file name.
    pub fn is_file_list(&self) -> bool {
        self.file_list || self.remote.is_some() || self.upload.is_some() || is_file_list(&self.options)
    }
}

/// The mark of a combo whose list of files the bundled catalog leaves out.
pub(super) const FILE_LIST: &str = "comfy_catalog_files";

/// Whether a list has nothing in it, or mostly file names.
pub(super) fn is_file_list(options: &[Value]) -> bool {
    let files = options.iter().filter(|option| option.as_str().is_some_and(has_file_extension)).count();
    options.is_empty() || files * 2 > options.len()
}

/// Endings of the files that servers list (`folder_paths.py: supported_pt_extensions` and the media types).
pub(crate) const FILE_EXTENSIONS: &[&str] = &[
    "safetensors",
    "sft",
    "ckpt",
    "pt",
    "pt2",
    "pth",
    "bin",
    "pkl",
    "gguf",
    "onnx",
    "yaml",
    "json",
    "png",
    "jpg",
    "jpeg",
    "webp",
    "gif",
    "bmp",
    "tiff",
    "avif",
    "mp4",
    "webm",
    "mov",
    "mkv",
    "avi",
    "mp3",
    "wav",
    "flac",
    "ogg",
    "opus",
    "m4a",
    "glb",
    "gltf",
    "obj",
    "fbx",
    "stl",
    "usdz",
    "ply",
    "spz",
    "splat",
    "latent",
    "txt",
    "engine",
];

/// Whether the text ends in a dot and an extension of a model, image, sound or video file.
pub(super) fn has_file_extension(text: &str) -> bool {
    /// What else lists of files have.
    const OTHERS: &[&str] = &["yml", "svg", "aac", "ksplat", "csv", "npz", "cube"];
    let Some((stem, extension)) = text.rsplit_once('.') else { return false };
    !stem.is_empty()
        && FILE_EXTENSIONS.iter().chain(OTHERS).any(|known| known.eq_ignore_ascii_case(extension))
}

/// One choice of a dynamic combo.
#[derive(Clone, Debug, PartialEq)]
pub struct DynamicOption {
    /// The value of the combo.
    pub key: Box<str>,
    /// The inputs that come with it, required ones first.
    pub inputs: Vec<InputDef>,
}

/// A growing list of sockets.
#[derive(Clone, Debug, PartialEq)]
pub struct AutogrowDef {
    /// The form of every item.
    pub item: InputDef,
    /// What the items are called.
    pub names: AutogrowNames,
    /// How many items the server insists on.
    pub min: usize,
}

/// The names of an autogrow's items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AutogrowNames {
    /// `prefix0`, `prefix1` … up to `max` items.
    Prefix {
        /// What stands before the number.
        prefix: Box<str>,
        /// The greatest number of items.
        max: usize,
    },
    /// One name each, in order.
    List(Vec<Box<str>>),
}

impl AutogrowNames {
    /// The greatest number of items.
    pub fn max(&self) -> usize {
        match self {
            Self::Prefix { max, .. } => *max,
            Self::List(names) => names.len(),
        }
    }

    /// The name of the item at `index`, `None` past the maximum.
    pub fn name(&self, index: usize) -> Option<String> {
        match self {
            Self::Prefix { prefix, max } => (index < *max).then(|| format!("{prefix}{index}")),
            Self::List(names) => names.get(index).map(ToString::to_string),
        }
    }

    /// The position of the item with this name.
    pub fn position(&self, name: &str) -> Option<usize> {
        match self {
            Self::Prefix { prefix, max } => {
                let digits = name.strip_prefix(&**prefix)?;
                let index: usize = digits.parse().ok()?;
                // "07" and "+7" are other names than "7"
                (index < *max && index.to_string() == digits).then_some(index)
            }
            Self::List(names) => names.iter().position(|known| &**known == name),
        }
    }
}

/// Widgets that exist only in the frontend (`scripts/widgets.ts`, `renderer/extensions/vueNodes`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the type word of the same name")]
pub enum FrontendWidget {
    Markdown,
    Textarea,
    Color,
    ImageCompare,
    BoundingBox,
    BoundingBoxes,
    Chart,
    Galleria,
    Painter,
    Compositor,
    Curve,
    Range,
    VideoEdit,
    Colors,
    Webcam,
    AudioRecord,
    Load3d,
    Load3dAdvanced,
    Preview3d,
    ImageUpload,
    AudioUpload,
    AudioUi,
}

impl FrontendWidget {
    /// The widget of this type word.
    pub fn from_type(word: &str) -> Option<Self> {
        Some(match word {
            "MARKDOWN" => Self::Markdown,
            "TEXTAREA" => Self::Textarea,
            "COLOR" => Self::Color,
            "IMAGECOMPARE" => Self::ImageCompare,
            "BOUNDING_BOX" => Self::BoundingBox,
            "BOUNDING_BOXES" => Self::BoundingBoxes,
            "CHART" => Self::Chart,
            "GALLERIA" => Self::Galleria,
            "PAINTER" => Self::Painter,
            "COMPOSITOR" => Self::Compositor,
            "CURVE" => Self::Curve,
            "RANGE" => Self::Range,
            "VIDEO_EDIT" => Self::VideoEdit,
            "COLORS" => Self::Colors,
            "WEBCAM" => Self::Webcam,
            "AUDIO_RECORD" => Self::AudioRecord,
            "LOAD_3D" => Self::Load3d,
            "LOAD_3D_ADVANCED" => Self::Load3dAdvanced,
            "PREVIEW_3D" => Self::Preview3d,
            "IMAGEUPLOAD" => Self::ImageUpload,
            "AUDIOUPLOAD" => Self::AudioUpload,
            "AUDIO_UI" => Self::AudioUi,
            _ => return None,
        })
    }
}

impl InputDef {
    /// Whether the value can come by link only, because the author said so.
    pub fn is_forced_socket(&self) -> bool {
        self.flags.force_input || (self.section == Section::Optional && self.flags.default_input)
    }

    /// Whether the frontend makes a widget for this input.
    pub fn is_widget(&self) -> bool {
        !self.is_forced_socket()
            && match self.kind {
                InputKind::Int(_)
                | InputKind::Float(_)
                | InputKind::String(_)
                | InputKind::Boolean(_)
                | InputKind::Combo(_)
                | InputKind::DynamicCombo(_)
                | InputKind::Frontend(..) => true,
                InputKind::Autogrow(_)
                | InputKind::MatchType { .. }
                | InputKind::DynamicSlot(_)
                | InputKind::Socket(_) => false,
            }
    }

    /// Whether the server insists on it.
    pub fn is_required(&self) -> bool {
        self.section == Section::Required
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_lists_are_told_from_choices() {
        let combo = |options: &[&str]| ComboDef {
            options: options.iter().map(|o| Value::from(*o)).collect(),
            ..ComboDef::default()
        };
        assert!(combo(&[]).is_file_list());
        assert!(combo(&["a.safetensors", "sub/b.ckpt", "pixel_space"]).is_file_list());
        assert!(!combo(&["euler", "dpmpp_2m"]).is_file_list());
        assert!(!combo(&["auto", "1.5K", "2.5"]).is_file_list());
    }

    #[test]
    fn autogrow_names_go_both_ways() {
        let names = AutogrowNames::Prefix { prefix: "image".into(), max: 3 };
        assert_eq!(names.name(2).as_deref(), Some("image2"));
        assert_eq!(names.name(3), None);
        assert_eq!(names.position("image1"), Some(1));
        assert_eq!(names.position("image01"), None);
        assert_eq!(names.position("image9"), None);
    }
}
