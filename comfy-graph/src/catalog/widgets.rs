//! The widgets that the frontend makes of a definition: their order, their first values, which have a place in
//! `widgets_values` and which go into the prompt.
//!
//! Mirrors `services/litegraphService.ts`, `scripts/widgets.ts` and the extensions in `extensions/core` of
//! frontend 1.49. Everything that binds, elides or fills in widget values asks here.

use serde_json::{Value, json};

use super::{
    Catalog, ComboDef, Control, DynamicOption, FrontendWidget, InputDef, InputKind, NodeDef, Upload,
};

/// One widget of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct WidgetSpec<'c> {
    /// Its name, dotted inside dynamic combos. Also the key in the prompt.
    pub name: String,
    /// The value of a new node. `None` is JavaScript's undefined: the key is absent from the prompt.
    pub default: Option<Value>,
    /// Has a place in `widgets_values`.
    pub stored: bool,
    /// Goes into the prompt.
    pub sent: bool,
    /// What else is known about it.
    pub role: WidgetRole<'c>,
}

/// What is special about a widget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WidgetRole<'c> {
    /// Nothing.
    Plain,
    /// Changes another widget after each run.
    Control,
    /// Text in which the frontend expands `{a|b}`.
    DynamicPrompt,
    /// A choice: a null value gives way to the first option.
    Combo(&'c ComboDef),
    /// A choice that brings widgets of its own.
    DynamicCombo(&'c [DynamicOption]),
    /// A curve: a list value is wrapped with its type.
    Curve,
    /// Made by the frontend when the prompt is queued (a rendered scene, a webcam picture, a recording).
    Live,
    /// `CustomCombo.index`: the position of the choice among the options, whatever was stored.
    ChoiceIndex,
    /// `CustomCombo.optionN`: filling the last one makes the next.
    GrowingOption,
}

impl WidgetSpec<'_> {
    fn new(name: impl Into<String>, default: Value) -> Self {
        Self { name: name.into(), default: Some(default), stored: true, sent: true, role: WidgetRole::Plain }
    }

    /// Not part of the prompt.
    fn unsent(mut self) -> Self {
        self.sent = false;
        self
    }

    /// No place in `widgets_values`.
    fn unstored(mut self) -> Self {
        self.stored = false;
        self
    }
}

/// Nodes whose 3D view keeps a camera instead of a picture.
const VIEWPORT_CLASSES: &[&str] = &[
    "Preview3DAdvanced",
    "Save3DAdvanced",
    "PreviewGaussianSplat",
    "PreviewPointCloud",
    "SaveGaussianSplat",
    "SavePointCloud",
];

/// Nodes that show a player for their sound.
const AUDIO_UI_CLASSES: &[&str] =
    &["LoadAudio", "SaveAudio", "PreviewAudio", "SaveAudioMP3", "SaveAudioOpus", "SaveAudioAdvanced"];

/// The widgets of a new node of this class.
pub fn of_node(def: &NodeDef) -> Vec<WidgetSpec<'_>> {
    let mut widgets = Vec::with_capacity(def.inputs.len());
    for input in &def.inputs {
        push_input(&mut widgets, def, &input.name, input);
    }
    push_additions(&mut widgets, def);
    widgets
}

/// The widgets that come with the option `key` of the dynamic combo called `name`.
pub fn of_option<'c>(
    def: &NodeDef,
    name: &str,
    options: &'c [DynamicOption],
    key: &Value,
) -> Vec<WidgetSpec<'c>> {
    let mut widgets = Vec::new();
    push_option(&mut widgets, def, name, options, key);
    widgets
}

/// The value that a prompt gets for an input that nobody set: the default of its widget. `None` for sockets and
/// for combos without options.
pub fn default_of(def: &NodeDef, name: &str, input: &InputDef) -> Option<Value> {
    let mut widgets = Vec::new();
    push_input(&mut widgets, def, name, input);
    widgets.into_iter().find(|widget| widget.name == name && widget.sent)?.default
}

/// The option of a dynamic combo that has this key.
pub fn find_option<'c>(options: &'c [DynamicOption], key: &Value) -> Option<&'c DynamicOption> {
    let key = key.as_str()?;
    options.iter().find(|option| &*option.key == key)
}

fn push_option<'c>(
    widgets: &mut Vec<WidgetSpec<'c>>,
    def: &NodeDef,
    name: &str,
    options: &'c [DynamicOption],
    key: &Value,
) {
    let Some(option) = find_option(options, key) else { return };
    for input in &option.inputs {
        push_input(widgets, def, &format!("{name}.{}", input.name), input);
    }
}

/// The widgets of one input, whose full name is `name`.
fn push_input<'c>(widgets: &mut Vec<WidgetSpec<'c>>, def: &NodeDef, name: &str, input: &'c InputDef) {
    if !input.is_widget() {
        return;
    }
    let zero = || Value::from(0);
    match &input.kind {
        InputKind::Int(int) => {
            let default = int.default.clone().map_or_else(zero, Value::Number);
            widgets.push(WidgetSpec::new(name, default));
            let by_name = matches!(name, "seed" | "noise_seed");
            match &int.control {
                Some(Control::Declared(true)) => push_control(widgets, "control_after_generate", "randomize"),
                None if by_name => push_control(widgets, "control_after_generate", "randomize"),
                Some(Control::Named(word)) => push_control(widgets, word, word),
                Some(Control::Declared(false)) | None => {}
            }
        }
        InputKind::Float(float) => {
            let default = float.default.clone().map_or_else(zero, Value::Number);
            widgets.push(WidgetSpec::new(name, default));
            match &float.control {
                Some(Control::Declared(true)) => push_control(widgets, "control_after_generate", "fixed"),
                Some(Control::Named(word)) => push_control(widgets, word, "fixed"),
                Some(Control::Declared(false)) | None => {}
            }
        }
        InputKind::String(text) => {
            let default = text.default.as_deref().unwrap_or_default();
            let role = if text.dynamic_prompts { WidgetRole::DynamicPrompt } else { WidgetRole::Plain };
            widgets.push(WidgetSpec { role, ..WidgetSpec::new(name, default.into()) });
        }
        InputKind::Boolean(boolean) => {
            widgets.push(WidgetSpec::new(name, boolean.default.unwrap_or(false).into()));
        }
        InputKind::Combo(combo) => push_combo(widgets, name, combo),
        InputKind::DynamicCombo(options) => {
            let first = options.first().map(|option| Value::from(&*option.key));
            let key = first.clone().unwrap_or_default();
            let role = WidgetRole::DynamicCombo(options);
            widgets.push(WidgetSpec { name: name.into(), default: first, stored: true, sent: true, role });
            push_option(widgets, def, name, options, &key);
        }
        InputKind::Frontend(widget, default) => push_frontend(widgets, def, name, *widget, default.as_ref()),
        InputKind::Autogrow(_)
        | InputKind::MatchType { .. }
        | InputKind::DynamicSlot(_)
        | InputKind::Socket(_) => {}
    }
}

fn push_control(widgets: &mut Vec<WidgetSpec<'_>>, name: &str, value: &str) {
    widgets.push(WidgetSpec { role: WidgetRole::Control, ..WidgetSpec::new(name, value.into()).unsent() });
}

fn push_combo<'c>(widgets: &mut Vec<WidgetSpec<'c>>, name: &str, combo: &'c ComboDef) {
    if combo.multi_select_widget {
        widgets.push(WidgetSpec::new(name, json!([])));
    } else {
        let role = WidgetRole::Combo(combo);
        widgets.push(WidgetSpec {
            name: name.into(),
            default: combo_default(combo),
            stored: true,
            sent: true,
            role,
        });
    }
    if let Some(remote) = &combo.remote {
        widgets.push(WidgetSpec::new("Auto-refresh after generation", false.into()).unsent());
        if remote.get("refresh_button").is_some_and(is_truthy) {
            widgets.push(WidgetSpec::new("refresh", "refresh".into()));
        }
    }
    let first = match &combo.control {
        Some(Control::Declared(true)) => "randomize",
        Some(Control::Named(word)) => word,
        Some(Control::Declared(false)) | None => return,
    };
    push_control(widgets, "control_after_generate", first);
    widgets.push(WidgetSpec::new("control_filter_list", "".into()).unsent());
}

/// The declared default if JavaScript takes it for true, else the first option.
pub fn combo_default(combo: &ComboDef) -> Option<Value> {
    combo
        .default
        .clone()
        .filter(is_truthy)
        .or_else(|| combo.options.first().cloned())
        .or_else(|| combo.remote.as_ref().map(|_| "Loading...".into()))
}

/// JavaScript's idea of truth.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn push_frontend(
    widgets: &mut Vec<WidgetSpec<'_>>,
    def: &NodeDef,
    name: &str,
    widget: FrontendWidget,
    default: Option<&Value>,
) {
    let declared = |fallback: Value| default.filter(|value| is_truthy(value)).cloned().unwrap_or(fallback);
    let live = |name: &str| WidgetSpec { role: WidgetRole::Live, ..WidgetSpec::new(name, "".into()) };
    match widget {
        FrontendWidget::Markdown | FrontendWidget::Textarea | FrontendWidget::Painter => {
            widgets.push(WidgetSpec::new(name, declared("".into())));
        }
        FrontendWidget::Color => widgets.push(WidgetSpec::new(name, declared("#000000".into()))),
        FrontendWidget::ImageCompare => widgets.push(WidgetSpec::new(name, json!(["", ""])).unstored()),
        FrontendWidget::BoundingBox => {
            let region = declared(json!({"x": 0, "y": 0, "width": 512, "height": 512}));
            widgets.push(WidgetSpec::new(name, region.clone()));
            for side in ["x", "y", "width", "height"] {
                let value = region.get(side).cloned().unwrap_or_default();
                widgets.push(WidgetSpec::new(side, value).unsent());
            }
        }
        FrontendWidget::BoundingBoxes | FrontendWidget::Colors | FrontendWidget::Galleria => {
            widgets.push(WidgetSpec::new(name, declared(json!([]))));
        }
        FrontendWidget::Chart | FrontendWidget::Compositor => {
            widgets.push(WidgetSpec::new(name, declared(json!({}))));
        }
        FrontendWidget::Curve => {
            let straight = json!({"points": [[0, 0], [1, 1]], "interpolation": "monotone_cubic"});
            let role = WidgetRole::Curve;
            widgets.push(WidgetSpec { role, ..WidgetSpec::new(name, declared(straight)) });
        }
        FrontendWidget::Range => {
            widgets.push(WidgetSpec::new(name, declared(json!({"min": 0.0, "max": 1.0}))));
        }
        FrontendWidget::VideoEdit => {
            let default = default.cloned();
            let (stored, sent, role) = (true, true, WidgetRole::Plain);
            widgets.push(WidgetSpec { name: name.into(), default, stored, sent, role });
        }
        FrontendWidget::Webcam => widgets.push(live(name)),
        FrontendWidget::AudioRecord => {
            widgets.push(live(name));
            widgets.push(WidgetSpec::new(name, "".into()).unsent());
        }
        FrontendWidget::Load3d => push_load_3d(widgets, def),
        FrontendWidget::Load3dAdvanced => widgets.push(live("viewport_state")),
        FrontendWidget::Preview3d => widgets.push(live("image")),
        FrontendWidget::ImageUpload => widgets.push(WidgetSpec::new(name, "image".into()).unsent()),
        FrontendWidget::AudioUpload => widgets.push(WidgetSpec::new(name, "".into()).unsent()),
        FrontendWidget::AudioUi => widgets.push(WidgetSpec::new(name, "".into()).unsent().unstored()),
    }
}

/// `extensions/core/load3d.ts`: three buttons, whose values go into the prompt where the server ignores them,
/// then the view.
fn push_load_3d(widgets: &mut Vec<WidgetSpec<'_>>, def: &NodeDef) {
    if def.input("model_file").is_some_and(InputDef::is_widget) {
        widgets.push(WidgetSpec::new("upload 3d model", "upload3dmodel".into()));
        widgets.push(WidgetSpec::new("upload extra resources", "uploadExtraResources".into()));
        widgets.push(WidgetSpec::new("clear", "clear".into()));
    }
    let name = if VIEWPORT_CLASSES.contains(&&*def.class_type) { "viewport_state" } else { "image" };
    widgets.push(WidgetSpec { role: WidgetRole::Live, ..WidgetSpec::new(name, "".into()) });
}

/// Widgets that the frontend adds to particular classes; they follow the declared ones.
fn push_additions(widgets: &mut Vec<WidgetSpec<'_>>, def: &NodeDef) {
    let class = &*def.class_type;
    if AUDIO_UI_CLASSES.contains(&class) {
        push_frontend(widgets, def, "audioUI", FrontendWidget::AudioUi, None);
    }
    if let Some(upload) = upload_widget(def) {
        push_frontend(widgets, def, "upload", upload, None);
    }
    match class {
        "Preview3D" | "SaveGLB" => push_frontend(widgets, def, "image", FrontendWidget::Preview3d, None),
        "Load3DAdvanced" => {
            push_frontend(widgets, def, "viewport_state", FrontendWidget::Load3dAdvanced, None);
        }
        "CustomCombo" => {
            let (index, option) = (WidgetRole::ChoiceIndex, WidgetRole::GrowingOption);
            widgets.push(WidgetSpec { role: index, ..WidgetSpec::new("index", 0.into()) });
            widgets.push(WidgetSpec { role: option, ..WidgetSpec::new("option1", "".into()) });
        }
        "PreviewAny" | "SaveText" => {
            widgets.push(WidgetSpec::new("preview_text", "".into()).unsent().unstored());
            widgets.push(WidgetSpec::new("preview_mode", false.into()).unsent().unstored());
        }
        "WebcamCapture" => {
            let button = WidgetSpec::new("waiting for camera...", "capture".into()).unsent();
            widgets.push(WidgetSpec { role: WidgetRole::Live, ..button });
        }
        _ => {}
    }
}

/// The upload button, if a required combo takes uploads (`extensions/core/uploadImage.ts`, `uploadAudio.ts`).
fn upload_widget(def: &NodeDef) -> Option<FrontendWidget> {
    let required = || {
        def.inputs.iter().filter(|input| input.is_required()).filter_map(|input| match &input.kind {
            InputKind::Combo(combo) => Some((&*input.name, combo.upload?)),
            _ => None,
        })
    };
    let picture = |upload| matches!(upload, Upload::Image | Upload::AnimatedImage | Upload::Video);
    if required().any(|(_, upload)| picture(upload)) {
        return Some(FrontendWidget::ImageUpload);
    }
    required()
        .any(|(name, upload)| name == "audio" && upload == Upload::Audio)
        .then_some(FrontendWidget::AudioUpload)
}

/// The inputs of a class of which the frontend computes the second: the position of the first among the options
/// (`extensions/core/customWidgets.ts`).
pub(crate) fn choice_index(class_type: &str) -> Option<(&'static str, &'static str)> {
    (class_type == "CustomCombo").then_some(("choice", "index"))
}

/// Whether the frontend fills in `%date:…%` and `%Node.widget%` in the `filename_prefix` of this class
/// (`extensions/core/saveImageExtraOutput.ts`).
pub fn resolves_file_names(class_type: &str) -> bool {
    const CLASSES: &[&str] = &[
        "SaveImage",
        "SaveImageAdvanced",
        "SaveSVGNode",
        "SaveVideo",
        "SaveAnimatedWEBP",
        "SaveWEBM",
        "SaveAudio",
        "SaveAudioMP3",
        "SaveAudioOpus",
        "SaveAudioAdvanced",
        "SaveGLB",
        "Save3DAdvanced",
        "SaveGaussianSplat",
        "SavePointCloud",
        "SaveAnimatedPNG",
        "CLIPSave",
        "VAESave",
        "ModelSave",
        "LoraSave",
        "SaveLatent",
    ];
    CLASSES.contains(&class_type)
}

impl Catalog {
    /// The widgets of a new node of this class; none for a class that is not here.
    pub fn widgets(&self, class_type: &str) -> Vec<WidgetSpec<'_>> {
        self.get(class_type).map(of_node).unwrap_or_default()
    }
}
