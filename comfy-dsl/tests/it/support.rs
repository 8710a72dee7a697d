//! A handful of nodes in the form that the generator writes, one for each kind of input.

#![allow(
    unreachable_pub,
    unnameable_types,
    reason = "the generator's nodes are public; here they are in a test"
)]
#![allow(clippy::new_without_default, reason = "as the generator's nodes")]

use comfy_dsl::{__private::*, recorder};
use comfy_graph::graph::WidgetForm;

// what generated code carries as text
pub type Class = recorder::Class<'static>;
pub type In = recorder::In<'static>;
pub type Form = recorder::Form<'static>;
pub type Opt = recorder::Opt<'static>;
pub type Names = recorder::Names<'static>;
pub type Def = recorder::Def<'static>;

pub mod needs {
    comfy_dsl::__private::needs! { model positive latent_image samples ckpt_name clip text images input image }
    comfy_dsl::__private::needs! { option width }
    comfy_dsl::__private::needs! { option by }
}

macro_rules! types {
    ($($marker:ident $name:literal)*) => { $(
        pub struct $marker;
        impl ComfyType for $marker { const NAME: &'static str = $name; }
        impl Accepts<$marker> for $marker {}
        impl Accepts<Any> for $marker {}
    )* };
}
types! { Model "MODEL" Clip "CLIP" Vae "VAE" Latent "LATENT" Image "IMAGE" Mask "MASK" Conditioning "CONDITIONING" }

pub struct AnyOf<T>(P<T>);
impl Accepts<Image> for AnyOf<(Image, Mask)> {}
impl Accepts<Mask> for AnyOf<(Image, Mask)> {}

/// `new`, the builder and the setters that do not change the state.
macro_rules! node {
    ($node:ident<$($s:ident = $need:ty),*> $facts:ident -> $out:ty) => {
        pub struct $node<$($s = $need),*>(Record, P<($($s,)*)>);
        impl $node {
            pub fn new() -> Self { Self(Record::new(&$facts), P) }
        }
        impl<$($s),*> Builder for $node<$($s),*> {
            type Out = $out;
            type State = state!($($s)*);
            fn record(&mut self) -> &mut Record { &mut self.0 }
        }
    };
}
macro_rules! state {
    () => { Set };
    ($($s:ident)*) => { ($($s,)*) };
}

const fn socket(name: &'static str, io_type: &'static str) -> In {
    In { name, io_type, required: false, form: Form::Socket }
}
const fn integer(name: &'static str, min: i128, max: i128) -> In {
    In { name, io_type: "INT", required: true, form: Form::Int(Def::I(512), min, max) }
}
const fn widget(name: &'static str, io_type: &'static str, def: Def) -> In {
    In { name, io_type, required: false, form: Form::Widget(def) }
}

// several outputs, a file list
static CHECKPOINT_LOADER: Class = Class {
    class_type: "CheckpointLoaderSimple",
    inputs: &[widget("ckpt_name", "COMBO", Def::Undefined)],
    outputs: &[("MODEL", "MODEL"), ("CLIP", "CLIP"), ("VAE", "VAE")],
    matches: &[],
    output_node: false,
};
node!(CheckpointLoaderSimple<S0 = needs::ckpt_name> CHECKPOINT_LOADER -> CheckpointLoaderSimpleOut);
impl Outputs for CheckpointLoaderSimpleOut {
    fn of(n: NodeRef) -> Self {
        Self { model: n.out(0), clip: n.out(1), vae: n.out(2) }
    }
    fn node(self) -> NodeRef {
        self.model.node()
    }
}
impl<S0> CheckpointLoaderSimple<S0> {
    #[track_caller]
    pub fn ckpt_name(self, v: impl Choice<Checkpoint>) -> CheckpointLoaderSimple<Set> {
        CheckpointLoaderSimple(self.0.set(0, v), P)
    }
}
#[derive(Clone, Copy)]
pub struct CheckpointLoaderSimpleOut {
    pub model: Output<Model>,
    pub clip: Output<Clip>,
    pub vae: Output<Vae>,
}
pub struct Checkpoint(String);
impl TextOptions for Checkpoint {}
impl ComboValue for Checkpoint {
    fn combo_val(self) -> Val {
        text(&self.0)
    }
}

// dynamic prompts
static CLIP_TEXT_ENCODE: Class = Class {
    class_type: "CLIPTextEncode",
    inputs: &[
        In {
            name: "text",
            io_type: "STRING",
            required: false,
            form: Form::Special(WidgetForm::DynamicPrompt, Def::S("")),
        },
        socket("clip", "CLIP"),
    ],
    outputs: &[("CONDITIONING", "CONDITIONING")],
    matches: &[],
    output_node: false,
};
node!(CLIPTextEncode<S0 = needs::text, S1 = needs::clip> CLIP_TEXT_ENCODE -> Output<Conditioning>);
impl<S0, S1> CLIPTextEncode<S0, S1> {
    #[track_caller]
    pub fn text(self, v: impl StrInput) -> CLIPTextEncode<Set, S1> {
        CLIPTextEncode(self.0.set(0, v), P)
    }
    #[track_caller]
    pub fn clip(self, v: Output<Clip>) -> CLIPTextEncode<S0, Set> {
        CLIPTextEncode(self.0.set(1, v), P)
    }
}

static EMPTY_LATENT: Class = Class {
    class_type: "EmptyLatentImage",
    inputs: &[integer("width", 16, 16384), integer("height", 16, 16384)],
    outputs: &[("LATENT", "LATENT")],
    matches: &[],
    output_node: false,
};
node!(EmptyLatentImage<> EMPTY_LATENT -> Output<Latent>);
impl EmptyLatentImage {
    #[track_caller]
    pub fn width(self, v: impl IntInput) -> Self {
        set(self, 0, v)
    }
    #[track_caller]
    pub fn height(self, v: impl IntInput) -> Self {
        set(self, 1, v)
    }
}

// every primitive, an enum; sockets and widgets mixed in the definition
static SAMPLER: Class = Class {
    class_type: "KSampler",
    inputs: &[
        socket("model", "MODEL"),
        widget("seed", "INT", Def::I(0)),
        In { name: "cfg", io_type: "FLOAT", required: true, form: Form::Float(Def::F(8.0), 0.0, 100.0) },
        In {
            name: "sampler_name",
            io_type: "COMBO",
            required: true,
            form: Form::Combo(Def::S("euler"), &["euler", "dpmpp_2m"]),
        },
        socket("positive", "CONDITIONING"),
        socket("latent_image", "LATENT"),
        widget("preview", "BOOLEAN", Def::B(true)),
    ],
    outputs: &[("LATENT", "LATENT")],
    matches: &[],
    output_node: false,
};
node!(KSampler<S0 = needs::model, S1 = needs::positive, S2 = needs::latent_image> SAMPLER -> Output<Latent>);
impl<S0, S1, S2> KSampler<S0, S1, S2> {
    #[track_caller]
    pub fn model(self, v: Output<Model>) -> KSampler<Set, S1, S2> {
        KSampler(self.0.set(0, v), P)
    }
    #[track_caller]
    pub fn seed(self, v: impl SeedInput) -> Self {
        set(self, 1, v)
    }
    #[track_caller]
    pub fn cfg(self, v: impl FloatInput) -> Self {
        set(self, 2, v)
    }
    #[track_caller]
    pub fn sampler_name(self, v: impl Choice<SamplerName>) -> Self {
        set(self, 3, v)
    }
    #[track_caller]
    pub fn positive(self, v: Output<Conditioning>) -> KSampler<S0, Set, S2> {
        KSampler(self.0.set(4, v), P)
    }
    #[track_caller]
    pub fn latent_image(self, v: Output<Latent>) -> KSampler<S0, S1, Set> {
        KSampler(self.0.set(5, v), P)
    }
    #[track_caller]
    pub fn preview(self, v: impl BoolInput) -> Self {
        set(self, 6, v)
    }
}
#[derive(Clone, Copy)]
pub enum SamplerName {
    Euler,
    Dpmpp2m,
}
impl ComboValue for SamplerName {
    fn combo_val(self) -> Val {
        nth("euler\ndpmpp_2m", self as usize)
    }
}

static VAE_DECODE: Class = Class {
    class_type: "VAEDecode",
    inputs: &[socket("samples", "LATENT"), socket("vae", "VAE")],
    outputs: &[("IMAGE", "IMAGE")],
    matches: &[],
    output_node: false,
};
node!(VAEDecode<S0 = needs::samples> VAE_DECODE -> Output<Image>);
impl<S0> VAEDecode<S0> {
    #[track_caller]
    pub fn samples(self, v: Output<Latent>) -> VAEDecode<Set> {
        VAEDecode(self.0.set(0, v), P)
    }
    #[track_caller]
    pub fn vae(self, v: Output<Vae>) -> Self {
        set(self, 1, v)
    }
}

// no output
static SAVE_IMAGE: Class = Class {
    class_type: "SaveImage",
    inputs: &[
        In { name: "images", io_type: "IMAGE", required: true, form: Form::Socket },
        widget("filename_prefix", "STRING", Def::S("ComfyUI")),
    ],
    outputs: &[],
    matches: &[],
    output_node: true,
};
node!(SaveImage<S0 = needs::images> SAVE_IMAGE -> NodeRef);
impl<S0> SaveImage<S0> {
    #[track_caller]
    pub fn images(self, v: Output<Image>) -> SaveImage<Set> {
        SaveImage(self.0.set(0, v), P)
    }
    #[track_caller]
    pub fn filename_prefix(self, v: impl StrInput) -> Self {
        set(self, 1, v)
    }
}

// a widget that the frontend makes on its own, in the middle
static LOAD_IMAGE: Class = Class {
    class_type: "LoadImage",
    inputs: &[
        widget("image", "COMBO", Def::S("example.png")),
        In {
            name: "button",
            io_type: "*",
            required: false,
            form: Form::Hidden(WidgetForm::Plain, Def::S("upload")),
        },
        widget("channel", "COMBO", Def::S("red")),
    ],
    outputs: &[("IMAGE", "IMAGE"), ("MASK", "MASK")],
    matches: &[],
    output_node: false,
};
node!(LoadImage<> LOAD_IMAGE -> LoadImageOut);
impl Outputs for LoadImageOut {
    fn of(n: NodeRef) -> Self {
        Self { image: n.out(0), mask: n.out(1) }
    }
    fn node(self) -> NodeRef {
        self.image.node()
    }
}
impl LoadImage {
    #[track_caller]
    pub fn image(self, v: impl Choice<ImageFile>) -> Self {
        set(self, 0, v)
    }
}
#[derive(Clone, Copy)]
pub struct LoadImageOut {
    pub image: Output<Image>,
    pub mask: Output<Mask>,
}
pub struct ImageFile(String);
impl ImageFile {
    pub fn file(name: &str) -> Self {
        Self(name.to_owned())
    }
}
impl TextOptions for ImageFile {}
impl ComboValue for ImageFile {
    fn combo_val(self) -> Val {
        text(&self.0)
    }
}

static SCALE_BY: Class = Class {
    class_type: "ImageScaleBy",
    inputs: &[
        socket("image", "IMAGE"),
        widget("upscale_method", "COMBO", Def::S("nearest-exact")),
        widget("scale_by", "FLOAT", Def::F(1.0)),
        socket("mask", "MASK"),
    ],
    outputs: &[("IMAGE", "IMAGE")],
    matches: &[],
    output_node: false,
};
node!(ImageScaleBy<S0 = needs::image> SCALE_BY -> Output<Image>);
impl<S0> ImageScaleBy<S0> {
    #[track_caller]
    pub fn image(self, v: Output<Image>) -> ImageScaleBy<Set> {
        ImageScaleBy(self.0.set(0, v), P)
    }
    #[track_caller]
    pub fn upscale_method(self, v: impl Choice<UpscaleMethod>) -> Self {
        set(self, 1, v)
    }
    #[track_caller]
    pub fn scale_by(self, v: impl FloatInput) -> Self {
        set(self, 2, v)
    }
    #[track_caller]
    pub fn mask(self, v: Output<Mask>) -> Self {
        set(self, 3, v)
    }
}
#[derive(Clone, Copy)]
pub enum UpscaleMethod {
    NearestExact,
    Lanczos,
}
impl ComboValue for UpscaleMethod {
    fn combo_val(self) -> Val {
        text(["nearest-exact", "lanczos"][self as usize])
    }
}

// autogrow by prefix
static BATCH: Class = Class {
    class_type: "BatchImagesNode",
    inputs: &[In {
        name: "images",
        io_type: "IMAGE",
        required: false,
        form: Form::Grow(Names::Prefix("image", 3), 1),
    }],
    outputs: &[("IMAGE", "IMAGE")],
    matches: &[],
    output_node: false,
};
node!(BatchImagesNode<S0 = needs::images> BATCH -> Output<Image>);
impl<S0> BatchImagesNode<S0> {
    #[track_caller]
    pub fn images(self, v: impl IntoInput<List<Image>>) -> BatchImagesNode<Set> {
        BatchImagesNode(self.0.set(0, v), P)
    }
}

// autogrow by names, beside a widget
static EXPRESSION: Class = Class {
    class_type: "MathExpression",
    inputs: &[
        widget("expression", "STRING", Def::S("a + b")),
        In {
            name: "values",
            io_type: "FLOAT,INT",
            required: false,
            form: Form::Grow(Names::List(&["a", "b", "c"]), 0),
        },
    ],
    outputs: &[("FLOAT", "FLOAT"), ("INT", "INT")],
    matches: &[],
    output_node: false,
};
node!(MathExpression<> EXPRESSION -> MathExpressionOut);
impl Outputs for MathExpressionOut {
    fn of(n: NodeRef) -> Self {
        Self { float: n.out(0), int: n.out(1) }
    }
    fn node(self) -> NodeRef {
        self.float.node()
    }
}
impl MathExpression {
    #[track_caller]
    pub fn values(self, v: impl IntoInput<List<AnyOf<(Float, Int)>>>) -> Self {
        set(self, 1, v)
    }
}
#[derive(Clone, Copy)]
pub struct MathExpressionOut {
    pub float: Output<Float>,
    pub int: Output<Int>,
}
impl Accepts<Float> for AnyOf<(Float, Int)> {}
impl Accepts<Int> for AnyOf<(Float, Int)> {}

// match type, dynamic combo with a dynamic combo and a socket in it
static RESIZE: Class = Class {
    class_type: "ResizeImageMaskNode",
    inputs: &[
        socket("input", "IMAGE,MASK"),
        In {
            name: "resize_type",
            io_type: "COMFY_DYNAMICCOMBO_V3",
            required: true,
            form: Form::Dynamic(&[
                Opt {
                    key: "scale dimensions",
                    inputs: &[widget("width", "INT", Def::I(512)), widget("crop", "COMBO", Def::S("center"))],
                },
                Opt {
                    key: "match",
                    inputs: &[
                        socket("reference", "IMAGE"),
                        In {
                            name: "mode",
                            io_type: "COMFY_DYNAMICCOMBO_V3",
                            required: true,
                            form: Form::Dynamic(&[
                                Opt { key: "exact", inputs: &[] },
                                Opt { key: "multiple", inputs: &[widget("by", "INT", Def::I(8))] },
                            ]),
                        },
                    ],
                },
            ]),
        },
        widget("scale_method", "COMBO", Def::S("area")),
    ],
    outputs: &[("resized", "*")],
    matches: &[(0, 0)],
    output_node: false,
};
pub struct ResizeImageMaskNode<S0 = needs::input, T = Any>(Record, P<(S0, T)>);
impl ResizeImageMaskNode {
    pub fn new() -> Self {
        Self(Record::new(&RESIZE), P)
    }
}
impl<S0, T> ResizeImageMaskNode<S0, T> {
    #[track_caller]
    pub fn input<U>(self, v: Output<U>) -> ResizeImageMaskNode<Set, U>
    where
        AnyOf<(Image, Mask)>: Accepts<U>,
    {
        ResizeImageMaskNode(self.0.set(0, v), P)
    }
    #[track_caller]
    pub fn resize_type(self, v: impl Choice<ResizeType, State: IsSet>) -> Self {
        set(self, 1, v)
    }
}
impl<S0, T> Builder for ResizeImageMaskNode<S0, T> {
    type Out = Output<T>;
    type State = (S0,);
    fn record(&mut self) -> &mut Record {
        &mut self.0
    }
}
pub struct ResizeType;
impl ResizeType {
    pub fn scale_dimensions() -> ScaleDimensions {
        ScaleDimensions(Pick::new("scale dimensions"), P)
    }
    pub fn matching() -> Matching {
        Matching(Pick::new("match"))
    }
}
pub struct ScaleDimensions<S0 = needs::width>(Pick, P<(S0,)>);
impl<S0> ScaleDimensions<S0> {
    #[track_caller]
    pub fn width(self, v: impl IntInput) -> ScaleDimensions<Set> {
        ScaleDimensions(self.0.set(0, v), P)
    }
}
impl<S0> OptionBuilder for ScaleDimensions<S0> {
    fn pick(&mut self) -> &mut Pick {
        &mut self.0
    }
}
impl<S0: OptionState> Choice<ResizeType> for ScaleDimensions<S0> {
    type State = S0::And<Set>;
}
pub struct Matching(Pick);
impl Matching {
    #[track_caller]
    pub fn reference(self, v: Output<Image>) -> Self {
        pick(self, 0, v)
    }
    #[track_caller]
    pub fn mode(self, v: impl Choice<MatchMode, State: IsSet>) -> Self {
        pick(self, 1, v)
    }
}
impl OptionBuilder for Matching {
    fn pick(&mut self) -> &mut Pick {
        &mut self.0
    }
}
impl Choice<ResizeType> for Matching {
    type State = Set;
}
pub struct MatchMode;
impl MatchMode {
    pub fn multiple() -> Multiple {
        Multiple(Pick::new("multiple"), P)
    }
}
pub struct Multiple<S0 = needs::by>(Pick, P<(S0,)>);
impl<S0> Multiple<S0> {
    #[track_caller]
    pub fn by(self, v: impl IntInput) -> Multiple<Set> {
        Multiple(self.0.set(0, v), P)
    }
}
impl<S0> OptionBuilder for Multiple<S0> {
    fn pick(&mut self) -> &mut Pick {
        &mut self.0
    }
}
impl<S0: OptionState> Choice<MatchMode> for Multiple<S0> {
    type State = S0::And<Set>;
}

// a widget whose value is JSON, and an input that takes everything
static SHOW: Class = Class {
    class_type: "ShowAny",
    inputs: &[socket("value", "*"), widget("color", "COLOR", Def::S("#000000"))],
    outputs: &[],
    matches: &[],
    output_node: true,
};
pub struct Color;
impl ComfyType for Color {
    const NAME: &'static str = "COLOR";
}
impl Accepts<Color> for Color {}
node!(ShowAny<> SHOW -> NodeRef);
impl ShowAny {
    #[track_caller]
    pub fn value(self, v: impl IntoInput<Any>) -> Self {
        set(self, 0, v)
    }
    #[track_caller]
    pub fn color(self, v: impl IntoInput<Color>) -> Self {
        set(self, 1, v)
    }
}
