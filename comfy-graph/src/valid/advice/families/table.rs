//! The families of models, and the words that tell them: the data of [`super`].
//!
//! A family is what one text encoder, one latent space and one kind of LoRA go with. Words are compared with names in small
//! letters whose separators are all `-`, with a `-` at either end, so that `-xl-` is a word of its own; several words apart
//! must all be there. Of a table the first line that fits counts. What the official templates put together is the source,
//! with `comfy/supported_models.py` for the latent spaces. To add a family, add it here and run `cargo xtask faults`.

/// Some of the families, as bits.
pub(super) type Set = u128;

/// All of them: nothing is known.
pub(super) const ANY: Set = Set::MAX;

macro_rules! families {
    ($($id:ident $name:literal in $space:ident;)*) => {
        #[derive(Clone, Copy)]
        #[allow(clippy::upper_case_acronyms, non_camel_case_types, reason = "names of models")]
        enum Position { $($id),* }
        $(const $id: Set = 1 << Position::$id as u8;)*
        /// The families: one bit, a name for people, and the latent space.
        pub(super) const FAMILIES: &[(Set, &str, Space)] = &[$(($id, $name, Space::$space)),*];
    };
}

/// What a VAE decodes. Models of one space can go on with each other's latents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    Sd,
    Sdxl,
    Sd3,
    Cascade,
    Flux1,
    Flux2,
    Qwen,
    QwenLayered,
    Qwen21,
    Wan21,
    Wan22,
    Cosmos1,
    HunyuanVideo,
    HunyuanVideo15,
    HunyuanImage,
    Hunyuan3d,
    Mochi,
    Ltxv,
    Ltx2,
    Ltx25,
    CogVideo,
    Svd,
    Ace1,
    Ace15,
    StableAudio,
    Mage,
    MinimaxH3,
    MinimaxMusic,
    Ming,
    SeedVr,
    Trellis,
    Yue,
    Pixels,
    Splats,
}

families! {
    SD15 "Stable Diffusion 1.5" in Sd;
    SD2 "Stable Diffusion 2" in Sd;
    ZERO123 "Stable Zero123" in Sd;
    SDXL "Stable Diffusion XL" in Sdxl;
    AURA "AuraFlow" in Sdxl;
    HUNYUAN_DIT "HunyuanDiT" in Sdxl;
    PIXART "PixArt" in Sdxl;
    SD3 "Stable Diffusion 3" in Sd3;
    CASCADE "Stable Cascade" in Cascade;
    FLUX1 "Flux.1" in Flux1;
    CHROMA "Chroma" in Flux1;
    Z_IMAGE "Z-Image" in Flux1;
    LUMINA2 "Lumina 2" in Flux1;
    NEWBIE "NewBie" in Flux1;
    HIDREAM "HiDream" in Flux1;
    OMNIGEN2 "OmniGen2" in Flux1;
    OVIS "Ovis Image" in Flux1;
    LONGCAT "LongCat Image" in Flux1;
    BOOGU "Boogu" in Flux1;
    KANDINSKY5_IMAGE "Kandinsky 5 Image" in Flux1;
    FLUX2 "Flux.2" in Flux2;
    KLEIN_4B "Flux.2 Klein 4B" in Flux2;
    KLEIN_9B "Flux.2 Klein 9B" in Flux2;
    FLUX3 "Flux.3" in Flux2;
    ERNIE "ERNIE Image" in Flux2;
    IDEOGRAM4 "Ideogram 4" in Flux2;
    FIBO2 "FIBO 2" in Flux2;
    LENS "Lens" in Flux2;
    MOSS "MOSS Image" in Flux2;
    QWEN "Qwen-Image" in Qwen;
    KREA2 "Krea 2" in Qwen;
    ANIMA "Anima" in Qwen;
    QWEN_LAYERED "Qwen-Image Layered" in QwenLayered;
    QWEN21 "Qwen-Image 2.1" in Qwen21;
    WAN_1B "Wan 1.3B" in Wan21;
    WAN_14B "Wan 14B" in Wan21;
    COSMOS2 "Cosmos Predict 2" in Wan21;
    JOY_IMAGE "JoyAI Image" in Wan21;
    WAN_5B "Wan 2.2 5B" in Wan22;
    COSMOS1 "Cosmos 1" in Cosmos1;
    HUNYUAN_VIDEO "HunyuanVideo" in HunyuanVideo;
    KANDINSKY5 "Kandinsky 5" in HunyuanVideo;
    HUNYUAN_VIDEO15 "HunyuanVideo 1.5" in HunyuanVideo15;
    HUNYUAN_IMAGE "HunyuanImage 2.1" in HunyuanImage;
    HUNYUAN_3D "Hunyuan3D 2" in Hunyuan3d;
    MOCHI "Mochi" in Mochi;
    LTXV "LTX-Video" in Ltxv;
    LTX2 "LTX-2" in Ltx2;
    LTX23 "LTX-2.3" in Ltx2;
    LTX25 "LTX-2.5" in Ltx25;
    COG_VIDEO "CogVideoX" in CogVideo;
    SVD "Stable Video Diffusion" in Svd;
    ACE1 "ACE-Step 1" in Ace1;
    ACE15 "ACE-Step 1.5" in Ace15;
    AUDIO1 "Stable Audio Open" in StableAudio;
    AUDIO3 "Stable Audio 3" in StableAudio;
    MAGE "Mage Flow" in Mage;
    MINIMAX_H3 "MiniMax H3" in MinimaxH3;
    MINIMAX_MUSIC "MiniMax Music 3" in MinimaxMusic;
    MING "Ming Image" in Ming;
    SEED_VR "SeedVR 2" in SeedVr;
    TRELLIS "TRELLIS 2" in Trellis;
    YUE "YuE 2" in Yue;
    HIDREAM_O1 "HiDream O1" in Pixels;
    RADIANCE "Chroma Radiance" in Pixels;
    PIXEL_DIT "PixelDiT" in Pixels;
    VISION "looking at pictures" in Pixels;
    WRITER "writing text" in Pixels;
    TRIPO_SPLAT "TripoSplat" in Splats;
}

const SD: Set = SD15 | SD2 | ZERO123;
const SDXL_SPACE: Set = SDXL | AURA | HUNYUAN_DIT | PIXART;
const FLUX1_SPACE: Set = FLUX1
    | CHROMA
    | Z_IMAGE
    | LUMINA2
    | NEWBIE
    | HIDREAM
    | OMNIGEN2
    | OVIS
    | LONGCAT
    | BOOGU
    | KANDINSKY5_IMAGE;
const KLEIN: Set = KLEIN_4B | KLEIN_9B;
const FLUX2_SPACE: Set = FLUX2 | KLEIN | FLUX3 | ERNIE | IDEOGRAM4 | FIBO2 | LENS | MOSS;
const WAN: Set = WAN_1B | WAN_14B | WAN_5B;
const WAN21: Set = WAN_1B | WAN_14B;
const WAN21_SPACE: Set = WAN21 | COSMOS2 | JOY_IMAGE;
const QWEN_SPACE: Set = QWEN | KREA2 | ANIMA;
/// What the text encoders of many families go with.
const T5_XXL: Set = FLUX1 | SD3 | CHROMA | RADIANCE | HIDREAM | LTXV | COG_VIDEO | PIXART | MOCHI;
const CLIP_L: Set = FLUX1 | SD3 | SD15 | SDXL | HIDREAM | HUNYUAN_VIDEO | KANDINSKY5 | KANDINSKY5_IMAGE;
const LTX: Set = LTXV | LTX2 | LTX23 | LTX25;

/// Models: checkpoints, diffusion models, LoRAs, ControlNets, patches and styles. Nothing at all is said by lines with 0.
pub(super) const MODELS: &[(&str, Set)] = &[
    ("pid-flux", 0),
    ("hidream-o1", HIDREAM_O1),
    ("hidream", HIDREAM),
    ("chroma-radiance", RADIANCE),
    ("-chroma-", CHROMA),
    ("-chroma1", CHROMA),
    ("pixeldit", PIXEL_DIT),
    ("qwen-image-layered", QWEN_LAYERED),
    ("qwen-image-2-1", QWEN21),
    ("firered-image", QWEN),
    ("marigold-v2", QWEN),
    ("qwen", QWEN),
    ("krea2", KREA2),
    ("-anima-", ANIMA),
    ("moss-image", MOSS),
    ("ming-image", MING),
    ("joyai-image", JOY_IMAGE),
    ("fibo2", FIBO2),
    ("-lens-bf16", LENS),
    ("-lens-turbo", LENS),
    ("ernie-image", ERNIE),
    ("ideogram4", IDEOGRAM4),
    ("flux3", FLUX3),
    ("klein 4b", KLEIN_4B),
    ("klein 9b", KLEIN_9B),
    ("klein", KLEIN),
    ("flux2-dev", FLUX2),
    ("flux-2-dev", FLUX2),
    ("flux2", FLUX2 | KLEIN),
    ("flux-2", FLUX2 | KLEIN),
    ("kontext", FLUX1),
    ("flux", FLUX1),
    ("-srpo-", FLUX1),
    ("z-image", Z_IMAGE),
    ("zimage", Z_IMAGE),
    ("lumina-2", LUMINA2),
    ("lumina2", LUMINA2),
    ("netayume", LUMINA2),
    ("newbie-image", NEWBIE),
    ("omnigen2", OMNIGEN2),
    ("ovis-image", OVIS),
    ("longcat-image", LONGCAT),
    ("boogu", BOOGU),
    ("kandinsky5 t2i", KANDINSKY5_IMAGE),
    ("kandinsky5 i2i", KANDINSKY5_IMAGE),
    ("kandinsky5", KANDINSKY5 | KANDINSKY5_IMAGE),
    ("hunyuan3d", HUNYUAN_3D),
    ("hunyuan-3d", HUNYUAN_3D),
    ("hunyuan-dit", HUNYUAN_DIT),
    ("hunyuandit", HUNYUAN_DIT),
    ("hunyuanvideo1-5", HUNYUAN_VIDEO15),
    ("hunyuanvideo15", HUNYUAN_VIDEO15),
    ("hunyuan-video-1-5", HUNYUAN_VIDEO15),
    ("capybara", HUNYUAN_VIDEO15),
    ("hunyuanvideo", HUNYUAN_VIDEO),
    ("hunyuan-video", HUNYUAN_VIDEO),
    ("framepack", HUNYUAN_VIDEO),
    ("hunyuanimage", HUNYUAN_IMAGE),
    ("hunyuan-image", HUNYUAN_IMAGE),
    ("mochi", MOCHI),
    ("ltx-2-5", LTX25),
    ("ltx2-5", LTX25),
    ("ltx-2-3", LTX23),
    ("ltx2-3", LTX23),
    ("ltx-2-19b", LTX2),
    ("ltx-2-", LTX2 | LTX23),
    ("ltx2", LTX2 | LTX23),
    ("ltxv", LTXV),
    ("ltx-video", LTXV),
    ("cogvideo", COG_VIDEO),
    ("void-pass", COG_VIDEO),
    ("cosmos-predict2", COSMOS2),
    ("cosmos-1-0", COSMOS1),
    ("wan2-2 5b", WAN_5B),
    ("wan22 5b", WAN_5B),
    ("wan 1-3b", WAN_1B),
    ("wan 14b", WAN_14B),
    ("causal-forcing", WAN21),
    ("chrono-edit", WAN_14B),
    ("chronoedit", WAN_14B),
    ("humo", WAN21),
    ("lightx2v 14b", WAN_14B),
    ("wan2-2", WAN_14B),
    ("wan22", WAN_14B),
    ("wan2-1", WAN21),
    ("wan21", WAN21),
    ("wan-alpha", WAN21),
    ("wan-animate", WAN_14B),
    ("infinitetalk", WAN21),
    ("seedvr2", SEED_VR),
    ("trellis", TRELLIS),
    ("pixal3d", TRELLIS),
    ("yue2", YUE),
    ("minimax-h3", MINIMAX_H3),
    ("fasth3", MINIMAX_H3),
    ("minimax-music3", MINIMAX_MUSIC),
    ("mage-flow", MAGE),
    ("ace-step-1-5", ACE15),
    ("ace-step-v1-5", ACE15),
    ("acestep-v1-5", ACE15),
    ("ace-step-v1-", ACE1),
    ("stable-audio-3", AUDIO3),
    ("stable-audio", AUDIO1),
    ("stable-cascade", CASCADE),
    ("sd3-5", SD3),
    ("sd3", SD3),
    ("-svd", SVD),
    ("stable-video-diffusion", SVD),
    ("zero123", ZERO123),
    ("aura-flow", AURA),
    ("auraflow", AURA),
    ("pixart", PIXART),
    ("sd21", SD2),
    ("sd2-1", SD2),
    ("-v2-1-768", SD2),
    ("-v2-1-512", SD2),
    ("-512-inpainting", SD2),
    ("wd-1-5", SD2),
    ("wd-illusion", SD2),
    ("lotus-depth", SD),
    ("sd15", SD15),
    ("sd1-5", SD15),
    ("sd-1-5", SD15),
    ("sd-v1", SD15),
    ("-v1-5-", SD15),
    ("-v15-", SD15),
    ("-control-v11", SD15),
    ("-control-v1p", SD15),
    ("-control-scribble", SD15),
    ("-control-canny", SD15),
    ("-control-depth", SD15),
    ("-control-openpose", SD15),
    ("-control-hed", SD15),
    ("-control-mlsd", SD15),
    ("-control-lora-rank", SDXL),
    ("sdxl", SDXL),
    ("sd-xl", SDXL),
    ("illustrious", SDXL),
    ("noobai", SDXL),
    ("ponydiffusion", SDXL),
    ("animagine", SDXL),
    ("juggernaut-x", SDXL),
    ("playground-v2", SDXL),
    ("-xl", SDXL),
    ("xl-", SDXL),
    ("openposexl", SDXL),
    ("dreamshaper-8", SD15),
    ("absolutereality", SD15),
    ("abyssorangemix", SD15),
    ("-aom3", SD15),
    ("anything-v", SD15),
    ("awpainting", SD15),
    ("cardosani", SD15),
    ("counterfeit-v", SD15),
    ("deliberate-v", SD15),
    ("dreamcreationvirtual3d", SD15),
    ("epinoiseoffset", SD15),
    ("epicrealism", SD15),
    ("interiordesignsuperm", SD15),
    ("majicmixrealistic", SD15),
    ("meinamix", SD15),
    ("realisticvision", SD15),
    ("revanimated", SD15),
];

/// VAEs that are not called after a model, and those that go with more than the model they are called after.
pub(super) const VAES: &[(&str, Set)] = &[
    ("-ae-", FLUX1_SPACE),
    ("flux2", FLUX2_SPACE),
    ("flux-2", FLUX2_SPACE),
    ("full-encoder-small-decoder", FLUX2_SPACE),
    ("flux", FLUX1_SPACE),
    ("taef1", FLUX1_SPACE),
    ("taesdxl", SDXL_SPACE),
    ("taesd3", SD3),
    ("taesd", SD),
    ("sdxl", SDXL_SPACE),
    ("sd-xl", SDXL_SPACE),
    ("xlvae", SDXL_SPACE),
    ("vae-ft-mse", SD),
    ("vae-ft-ema", SD),
    ("kl-f8-anime", SD),
    ("orangemix", SD),
    ("blessed2", SD),
    ("clearvae", SD),
    ("qwen-image-layered", QWEN_LAYERED),
    ("qwen-image-2-1", QWEN21),
    ("qwen-image", QWEN_SPACE),
    ("wan2-2", WAN_5B),
    ("wan-2-2", WAN_5B),
    ("wan22", WAN_5B),
    ("wan", WAN21_SPACE),
    ("hunyuan-video-vae", HUNYUAN_VIDEO | KANDINSKY5),
    ("hunyuanvideo15", HUNYUAN_VIDEO15),
    ("hunyuan-video-15", HUNYUAN_VIDEO15),
    ("hunyuan-video", HUNYUAN_VIDEO | KANDINSKY5),
    ("cosmos-cv", COSMOS1),
    ("triposplat", TRIPO_SPLAT | FLUX2_SPACE),
    ("ace-1-5", ACE15),
    ("ltx-2-3", LTX2 | LTX23),
    ("ltx2-3", LTX2 | LTX23),
    ("ltx-2-19b", LTX2 | LTX23),
    ("-ltx-", LTX),
];

/// Text encoders.
pub(super) const ENCODERS: &[(&str, Set)] = &[
    ("clip-vision", VISION),
    ("sigclip", VISION),
    ("dino", VISION),
    ("llava vision", VISION),
    ("vit-h-14", VISION),
    ("prompt-enhancer", WRITER),
    ("prompt-upsampler", WRITER),
    ("qwen3-5 pe", WRITER),
    ("gemma4-e", WRITER),
    ("umt5", WAN),
    ("oldt5", COSMOS1 | COSMOS2),
    ("t5gemma", AUDIO3),
    ("t5-base", AUDIO1),
    ("byt5", HUNYUAN_VIDEO15 | HUNYUAN_IMAGE),
    ("t5xxl", T5_XXL),
    ("t5-xxl", T5_XXL),
    ("clip-l-hidream", HIDREAM),
    ("clip-g-hidream", HIDREAM),
    ("clip-g", SDXL | SD3 | HIDREAM),
    ("clip-l", CLIP_L),
    ("vit-l-14", CLIP_L),
    ("llava-llama3", HUNYUAN_VIDEO),
    ("llama-3-1-8b", HIDREAM),
    ("qwen-2-5-vl-fp16", OMNIGEN2),
    (
        "qwen-2-5-vl",
        QWEN | QWEN_LAYERED | LONGCAT | HUNYUAN_VIDEO15 | HUNYUAN_IMAGE | KANDINSKY5 | KANDINSKY5_IMAGE,
    ),
    ("ace15", ACE15),
    ("qwen-3-06b", ANIMA),
    ("qwen-3-4b", Z_IMAGE | KLEIN_4B),
    ("qwen3-4b", Z_IMAGE | KLEIN_4B),
    ("qwen-3-8b", KLEIN_9B),
    ("qwen3-8b", KLEIN_9B),
    ("qwen3vl joyimage", JOY_IMAGE),
    ("qwen3vl minimax-h3", MINIMAX_H3),
    ("qwen3vl-4b", KREA2 | MAGE | FIBO2 | FLUX3),
    ("qwen3vl-8b", BOOGU | IDEOGRAM4 | QWEN21),
    ("qwen3-5-9b", MOSS),
    ("qwen3-5", WRITER),
    ("mistral-3-small", FLUX2),
    ("ministral-3-3b", ERNIE),
    ("gemma-3-12b", LTX2 | LTX23),
    ("gemma4-12b", LTX25),
    ("gemma-3-4b", NEWBIE),
    ("jina-clip", NEWBIE),
    ("gemma-2-2b-it-elm", PIXEL_DIT),
    ("gemma-2-2b", LUMINA2),
    ("gpt-oss-20b", LENS),
    ("ovis", OVIS),
    ("minimax-music3", MINIMAX_MUSIC),
    ("ming-image", MING),
];

/// Values of `type` in loaders of text encoders; what is not here goes with many.
pub(super) const TYPES: &[(&str, Set)] = &[
    ("wan", WAN),
    ("flux", FLUX1),
    ("flux2", FLUX2_SPACE),
    ("flux3", FLUX3),
    ("sd3", SD3),
    ("sdxl", SDXL),
    ("stable_cascade", CASCADE),
    ("stable_audio", AUDIO1 | AUDIO3),
    ("mochi", MOCHI),
    ("ltxv", LTX),
    ("pixart", PIXART),
    ("cosmos", COSMOS1 | COSMOS2),
    ("lumina2", LUMINA2 | Z_IMAGE),
    ("newbie", NEWBIE),
    ("hidream", HIDREAM),
    ("chroma", CHROMA | RADIANCE),
    ("ace", ACE1 | ACE15),
    ("omnigen2", OMNIGEN2),
    ("qwen_image", QWEN | QWEN_LAYERED | QWEN21 | MING),
    ("hunyuan_image", HUNYUAN_IMAGE),
    ("hunyuan_video", HUNYUAN_VIDEO),
    ("hunyuan_video_15", HUNYUAN_VIDEO15),
    ("ovis", OVIS),
    ("longcat_image", LONGCAT),
    ("kandinsky5", KANDINSKY5),
    ("kandinsky5_image", KANDINSKY5_IMAGE),
    ("cogvideox", COG_VIDEO),
    ("krea2", KREA2),
    ("mage", MAGE),
    ("minimax", MINIMAX_H3 | MINIMAX_MUSIC),
    ("boogu", BOOGU),
    ("ideogram4", IDEOGRAM4),
    ("pixeldit", PIXEL_DIT),
    ("fibo2", FIBO2),
    ("joyimage", JOY_IMAGE),
    ("lens", LENS),
    ("moss_image", MOSS),
];

/// Classes that make empty latents. Channels alone are no matter: the server repairs an empty latent's
/// (`comfy/sample.py: fix_empty_latent_channels`), but neither its scale nor its dimensions.
pub(super) const LATENTS: &[(&str, Set)] = &[
    ("EmptyFlux2LatentImage", FLUX2_SPACE),
    (
        "EmptySD3LatentImage",
        SD3 | FLUX1_SPACE | FLUX2_SPACE | QWEN_SPACE | QWEN21 | WAN21_SPACE | HUNYUAN_VIDEO | PIXEL_DIT,
    ),
    (
        "EmptyHunyuanLatentVideo",
        HUNYUAN_VIDEO | KANDINSKY5 | HUNYUAN_VIDEO15 | WAN21_SPACE | WAN_5B | QWEN_SPACE | QWEN_LAYERED,
    ),
    ("EmptyHunyuanVideo15Latent", HUNYUAN_VIDEO15),
    ("EmptyHunyuanImageLatent", HUNYUAN_IMAGE),
    ("EmptyMochiLatentVideo", MOCHI),
    ("EmptyLTXVLatentVideo", LTX),
    ("LTXVEmptyLatentAudio", LTX),
    ("EmptyLatentAudio", AUDIO1 | AUDIO3),
    ("EmptyAceStepLatentAudio", ACE1),
    ("EmptyAceStep1.5LatentAudio", ACE15),
    ("StableCascade_EmptyLatentImage", CASCADE),
    ("EmptyQwenImageLayeredLatentImage", QWEN_LAYERED),
    ("EmptyLatentHunyuan3Dv2", HUNYUAN_3D),
    ("EmptyCosmosLatentVideo", COSMOS1),
    ("EmptyMiniMaxMusic3LatentAudio", MINIMAX_MUSIC),
    ("EmptyYuE2LatentAudio", YUE),
];

/// Classes that belong to models of some families, by the beginning of their names: encoders of prompts and of pictures.
/// They speak where the file of a model says nothing.
pub(super) const CLASSES: &[(&str, Set)] = &[
    ("CLIPTextEncodeSDXL", SDXL),
    ("CLIPTextEncodeSD3", SD3),
    ("CLIPTextEncodeHiDream", HIDREAM),
    ("CLIPTextEncodeHunyuanDiT", HUNYUAN_DIT),
    ("CLIPTextEncodePixArt", PIXART),
    ("TextEncodeHunyuanVideo", HUNYUAN_VIDEO),
    ("TextEncodeAceStepAudio1.5", ACE15),
    ("WanImageToVideo", WAN | COSMOS2),
    ("WanFirstLastFrameToVideo", WAN),
    ("WanVaceToVideo", WAN),
    ("WanFun", WAN),
    ("WanAnimate", WAN),
    ("Wan22ImageToVideoLatent", WAN_5B),
    ("HunyuanVideo15", HUNYUAN_VIDEO15),
    ("HunyuanImageToVideo", HUNYUAN_VIDEO),
    ("Hunyuan3D", HUNYUAN_3D),
    ("LTXVImgToVideo", LTX),
    ("SVD_img2vid", SVD),
    ("StableZero123", ZERO123),
    ("StableCascade_", CASCADE),
    ("Kandinsky5", KANDINSKY5),
];

/// VAEs that the official templates load, for whoever has none of a family.
pub(super) const USUAL_VAES: &[&str] = &[
    "ae.safetensors",
    "flux2-vae.safetensors",
    "sdxl_vae.safetensors",
    "vae-ft-mse-840000-ema-pruned.safetensors",
    "qwen_image_vae.safetensors",
    "qwen_image_layered_vae.safetensors",
    "wan_2.1_vae.safetensors",
    "wan2.2_vae.safetensors",
    "hunyuan_video_vae_bf16.safetensors",
    "hunyuanvideo15_vae_fp16.safetensors",
    "cogvideox_vae.safetensors",
    "ace_1.5_vae.safetensors",
];

/// Text encoders that the official templates load.
pub(super) const USUAL_ENCODERS: &[&str] = &[
    "umt5_xxl_fp8_e4m3fn_scaled.safetensors",
    "t5xxl_fp16.safetensors",
    "qwen_2.5_vl_7b_fp8_scaled.safetensors",
    "qwen_2.5_vl_fp16.safetensors",
    "qwen_3_4b.safetensors",
    "qwen_3_8b_fp8mixed.safetensors",
    "qwen_3_06b_base.safetensors",
    "qwen3vl_4b_fp8_scaled.safetensors",
    "qwen3vl_8b_fp8_scaled.safetensors",
    "mistral_3_small_flux2_bf16.safetensors",
    "ministral-3-3b.safetensors",
    "gemma_3_12B_it.safetensors",
    "llava_llama3_fp8_scaled.safetensors",
    "llama_3.1_8b_instruct_fp8_scaled.safetensors",
    "oldt5_xxl_fp8_e4m3fn_scaled.safetensors",
    "t5-base.safetensors",
    "clip_g.safetensors",
    "clip_l.safetensors",
];
