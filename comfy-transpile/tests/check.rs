//! `--check`, `--fix`, `--explain` and what goes with them, as their users meet them.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, reason = "a test")]
#![allow(clippy::needless_raw_string_hashes, reason = "snapbox writes them")]

mod common;

use std::fs;

use common::{PROMPT as GOOD, program};
use serde_json::Value;
use snapbox::{
    cmd::{Command, OutputAssert},
    str,
};
use tempfile::TempDir;

/// A width of nothing.
const ONE: &str = r#"{
  "1": {"class_type": "EmptyImage", "inputs": {"width": 0, "height": 64, "batch_size": 1, "color": 0}},
  "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
}
"#;

/// A picture where a latent goes, and no such method.
const TWO: &str = r#"{
  "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
  "2": {"class_type": "LatentUpscale", "_meta": {"title": "Twice as large"},
        "inputs": {"samples": ["1", 0], "upscale_method": "bilinaer", "width": 64, "height": 64, "crop": "disabled"}},
  "3": {"class_type": "SaveLatent", "inputs": {"samples": ["2", 0], "filename_prefix": "x"}}
}
"#;

/// In a workflow: a class that nobody has, a link that is not in the table, and so an input without one.
const THREE: &str = r#"{
  "version": 0.4,
  "nodes": [
    {"id": 1, "type": "EmptyImages", "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": []}], "widgets_values": [64]},
    {"id": 2, "type": "PreviewImage", "inputs": [{"name": "images", "type": "IMAGE", "link": 9}]}
  ],
  "links": []
}
"#;

struct Files(TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("a file");
        }
        Self(folder)
    }

    fn run(&self, arguments: &str) -> OutputAssert {
        self.program(arguments).assert()
    }

    fn program(&self, arguments: &str) -> Command {
        program().current_dir(self.0.path()).args(arguments.split_whitespace())
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).expect("a file")
    }
}

fn lines(done: &OutputAssert) -> Vec<Value> {
    let output = String::from_utf8(done.get_output().stdout.clone()).expect("UTF-8");
    output.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

#[test]
fn nothing_wrong() {
    let files = Files::new(&[("good.json", GOOD)]);
    files.run("--check good.json").success().stdout_eq(str![""]).stderr_eq(str![[r#"
no problems in 1 file

"#]]);
    files.run("--check good.json --message-format json").success().stdout_eq(str![""]).stderr_eq(str![""]);
}

#[test]
fn one_fault() {
    let files = Files::new(&[("one.json", ONE)]);
    files
        .run("--check one.json")
        .code(1)
        .stdout_eq(str![[r#"
error[value_smaller_than_min]: EmptyImage #1: width is 0, but at least 1 is needed
 --> one.json:2:57
  |
2 |   "1": {"class_type": "EmptyImage", "inputs": {"width": 0, "height": 64, "batch_size": 1, "color": 0}},
  |                                                         ^
  |
  = help: change it to 1


"#]])
        .stderr_eq(str![[r#"
1 error in 1 file
more about a code: comfy-transpile --explain value_smaller_than_min

"#]]);
}

#[test]
fn two_faults() {
    let files = Files::new(&[("two.json", TWO)]);
    files.run("--check two.json").code(1).stdout_eq(str![[r#"
error[return_type_mismatch]: LatentUpscale #2 ("Twice as large"): samples takes LATENT, but EmptyImage #1 gives IMAGE
 --> two.json:4:31
  |
4 |         "inputs": {"samples": ["1", 0], "upscale_method": "bilinaer", "width": 64, "height": 64, "crop": "disabled"}},
  |                               ^^^^^^^^
  |
  = help: add a node that gives it: EmptyLatentImage, LatentUpscaleBy, EmptySD3LatentImage, LatentUpscale,
          LoadLatent, LatentFromBatch, RepeatLatentBatch, LatentRotate, LatentFlip, LatentCrop,
          EmptyLatentAudio, EmptyHunyuanLatentVideo, EmptyHunyuanVideo15Latent, EmptyHunyuanImageLatent,
          EmptyFlux2LatentImage, EmptyMochiLatentVideo, EmptyMiniMaxMusic3LatentAudio, EmptyMiniMaxH3LatentAV,
          EmptyLTXVLatentVideo, EmptyCosmosLatentVideo, EmptyLatentHunyuan3Dv2, EmptyAceStepLatentAudio or
          EmptyAceStep1.5LatentAudio
note: the link comes from here
 --> two.json:2:9
  |
2 |   "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
  |         ^^^^^^^^^^^^^^^^^^^^^^^^^^

error[value_not_in_list]: LatentUpscale #2 ("Twice as large"): upscale_method has no option "bilinaer"
 --> two.json:4:59
  |
4 |         "inputs": {"samples": ["1", 0], "upscale_method": "bilinaer", "width": 64, "height": 64, "crop": "disabled"}},
  |                                                           ^^^^^^^^^^
  |
  = help: did you mean "bilinear"?


"#]]).stderr_eq(str![[r#"
2 errors in 1 file
1 of these can be fixed with --fix
more about a code: comfy-transpile --explain return_type_mismatch

"#]]);
}

#[test]
fn three_faults_in_a_workflow() {
    let files = Files::new(&[("three.json", THREE)]);
    files.run("--check three.json").code(1).stdout_eq(str![[r#"
error[missing_node_type]: EmptyImages #1: the catalog has no such node type
 --> three.json:4:15
  |
4 |     {"id": 1, "type": "EmptyImages", "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": []}], "widgets_values": [64]},
  |               ^^^^^^^^^^^^^^^^^^^^^
  |
  = help: name the server that has it with --catalog URL
  = help: did you mean "EmptyImage"?
  = help: did you mean "RebatchImages"?

warning[unknown_link]: PreviewImage #2, input `images`: link 9 is not in the link table; the input is read as not linked
 --> three.json:5:15
  |
5 |     {"id": 2, "type": "PreviewImage", "inputs": [{"name": "images", "type": "IMAGE", "link": 9}]}
  |               ^^^^^^^^^^^^^^^^^^^^^^

error[required_input_missing]: PreviewImage #2: needs a link into images, of type IMAGE
 --> three.json:5:15
  |
5 |     {"id": 2, "type": "PreviewImage", "inputs": [{"name": "images", "type": "IMAGE", "link": 9}]}
  |               ^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: link images to output 0 (IMAGE) of EmptyImages #1


"#]]).stderr_eq(str![[r#"
2 errors and 1 warning in 1 file
1 of these can be fixed with --fix
more about a code: comfy-transpile --explain missing_node_type

"#]]);
}

#[test]
fn several_files_and_one_that_is_not_there() {
    let files = Files::new(&[("one.json", ONE), ("good.json", GOOD), ("two.json", TWO), ("no.json", "[1")]);
    let concise = "--check one.json good.json two.json --message-format concise";
    files.run(concise).code(1).stdout_eq(str![[r#"
one.json:2:57: error[value_smaller_than_min]: EmptyImage #1: width is 0, but at least 1 is needed
two.json:4:31: error[return_type_mismatch]: LatentUpscale #2 ("Twice as large"): samples takes LATENT, but EmptyImage #1 gives IMAGE
two.json:4:59: error[value_not_in_list]: LatentUpscale #2 ("Twice as large"): upscale_method has no option "bilinaer"

"#]]).stderr_eq(str![[r#"
3 errors in 3 files
1 of these can be fixed with --fix
more about a code: comfy-transpile --explain value_smaller_than_min

"#]]);
    let more = "--check nowhere.json one.json no.json --message-format concise";
    files
        .run(more)
        .code(2)
        .stdout_eq(str![[r#"
one.json:2:57: error[value_smaller_than_min]: EmptyImage #1: width is 0, but at least 1 is needed
no.json:1:2: error[not_a_workflow]: not JSON: EOF while parsing a list at line 1 column 2

"#]])
        .stderr_eq(str![[r#"
error: failed to open file `nowhere.json`: No such file or directory (os error 2)
1 error in 1 file
2 files could not be read
more about a code: comfy-transpile --explain value_smaller_than_min

"#]]);
}

#[test]
fn for_programs() {
    let files = Files::new(&[("two.json", TWO)]);
    let found = lines(&files.run("--check two.json --message-format json").code(1).stderr_eq(str![""]));
    let codes: Vec<_> = found.iter().filter_map(|found| found["code"].as_str()).collect();
    assert_eq!(codes, ["return_type_mismatch", "value_not_in_list"]);
    for found in &found {
        assert_eq!(found["severity"], "error");
        assert_eq!(found["file"], "two.json");
        assert_eq!((&found["node"], &found["class_type"]), (&"2".into(), &"LatentUpscale".into()));
        assert_eq!(found["title"], "Twice as large");
        assert_eq!(found["line"], 4);
        assert_eq!(found["path"][1], "inputs");
    }
    let place =
        |found: &Value, key: &str| usize::try_from(found[key].as_u64().expect("a number")).expect("short");
    assert_eq!(&TWO[place(&found[1], "start")..place(&found[1], "end")], "\"bilinaer\"");
    assert_eq!(found[0]["related"][0]["path"], serde_json::json!(["1"]));
}

#[test]
fn denied_and_allowed() {
    let files = Files::new(&[("one.json", ONE), ("three.json", THREE)]);
    files.run("--check one.json --allow value_smaller_than_min").success().stdout_eq(str![""]);
    let of_three = |arguments: &str| {
        let done = files.run(&format!("--check three.json --message-format json {arguments}"));
        let found = lines(&done);
        found.iter().map(|found| format!("{} {}", found["severity"], found["code"])).collect::<Vec<_>>()
    };
    let all = of_three("");
    assert!(all.contains(&"\"warning\" \"unknown_link\"".to_owned()), "{all:?}");
    assert!(of_three("--deny unknown_link").contains(&"\"error\" \"unknown_link\"".to_owned()));
    assert!(of_three("--deny warnings").iter().all(|found| !found.contains("warning")));
    assert_eq!(of_three("--deny warnings").len(), all.len());
    assert!(of_three("--allow warnings").iter().all(|found| found.contains("error")));
    let unknown = files.run("--check one.json --deny unknown_lnk").code(2).stdout_eq(str![""]);
    unknown.stderr_eq(str![[r#"
error: invalid value 'unknown_lnk' for '--deny <warnings|CODE>': there is no code `unknown_lnk`; did you mean `unknown_link`?

For more information, try '--help'.

"#]]);
    // also where something is made
    files.run("one.json --to api --allow value_smaller_than_min").success().stderr_eq(str![""]);
}

#[test]
fn without_a_catalog() {
    let circle = GOOD.replace("\"width\": 64", "\"width\": [\"2\", 0]");
    let files = Files::new(&[("three.json", THREE), ("one.json", ONE), ("circle.json", &circle)]);
    files.run("--check --catalog none one.json").success().stdout_eq(str![""]);
    files
        .run("--check --catalog none three.json circle.json --message-format concise")
        .code(1)
        .stdout_eq(str![[r#"
three.json:5:15: warning[unknown_link]: PreviewImage #2, input `images`: link 9 is not in the link table; the input is read as not linked
circle.json:2:57: error[dependency_cycle]: EmptyImage #1 depends on itself: #2 → #1 → #2
circle.json:3:60: error[dependency_cycle]: PreviewImage #2 depends on itself: #2 → #1 → #2

"#]]);
}

#[test]
fn other_formats_are_checked_too() {
    let files = Files::new(&[]);
    let picture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/saved/SaveImage.png");
    files.run(&format!("--check {picture}")).success().stdout_eq(str![""]);
    files.program("--check -").stdin(ONE).assert().code(1).stdout_eq(str![[r#"
error[value_smaller_than_min]: EmptyImage #1: width is 0, but at least 1 is needed
 --> <stdin>:2:57
  |
2 |   "1": {"class_type": "EmptyImage", "inputs": {"width": 0, "height": 64, "batch_size": 1, "color": 0}},
  |                                                         ^
  |
  = help: change it to 1


"#]]);
    files.run(&format!("--fix {picture}")).code(2).stdout_eq(str![""]);
    files.run(&format!("--fix {picture} -o out.json")).success();
    assert!(files.text("out.json").starts_with("{\"nodes\""));
}

#[test]
fn a_workflow_in_one_line_is_shown_in_few() {
    let filler: Vec<String> = (10..900)
        .map(|id| format!(r#""{id}":{{"class_type":"PreviewAny","inputs":{{"source":"x"}}}}"#))
        .collect();
    let bad = r#""1":{"class_type":"PreviewAny","inputs":{"source":["7",0]}}"#;
    let (before, after) = filler.split_at(400);
    let text = format!("{{{},{bad},{}}}", before.join(","), after.join(","));
    let files = Files::new(&[("line.json", &text)]);
    let done = files.run("--check line.json").code(1).stdout_eq(str![[r#"
error[dangling_link]: PreviewAny #1: source is linked to node #7, but there is no such node
 --> line.json:1:23162
  |
1 | ...rce":"x"}},"1":{"class_type":"PreviewAny","inputs":{"source":["7",0]}},"410":{"class_type":"PreviewAny","inputs":{"source":"x"}},"...
  |                                                                 ^^^^^^^
  |
  = help: link source to output 0 (STRING) of PreviewAny #409: ["409",0]
  = help: link source to output 0 (STRING) of PreviewAny #410: ["410",0]
  = help: link source to output 0 (STRING) of PreviewAny #408: ["408",0]
  = help: link source to output 0 (STRING) of PreviewAny #411: ["411",0]
  = help: link source to output 0 (STRING) of PreviewAny #407: ["407",0]
  = help: or add a node that gives it: ComfySwitchNode or ResizeImageMaskNode


"#]]);
    assert!(done.get_output().stdout.len() < 1000);
}

#[test]
fn explained() {
    let files = Files::new(&[]);
    files.run("--explain dependency_cycle").success().stdout_eq(str![[r#"
# dependency_cycle

Nodes depend on each other in a circle.
...
"#]]);
    files.run("--explain error[dependency_cycle]").success().stdout_eq(str![[r#"
# dependency_cycle
...
"#]]);
    files.run("--explain dependency_cycel").code(2).stdout_eq(str![""]).stderr_eq(str![[r#"
error: there is no code `dependency_cycel`; did you mean `dependency_cycle`?

"#]]);
    files.run("--explain cobol").code(2).stdout_eq(str![""]).stderr_eq(str![[r#"
error: there is no code `cobol`; `--explain all` lists them

"#]]);
    files.run("--explain all").success().stdout_eq(str![[r#"
missing_node_type         error    a node's class is not in the catalog
...
"#]]);
}

#[test]
fn nothing_to_fix_changes_nothing() {
    let files = Files::new(&[("one.json", ONE), ("good.json", GOOD)]);
    files
        .run("--fix one.json")
        .code(1)
        .stdout_eq(str![[r#"
error[value_smaller_than_min]: EmptyImage #1: width is 0, but at least 1 is needed
 --> one.json:2:57
  |
2 |   "1": {"class_type": "EmptyImage", "inputs": {"width": 0, "height": 64, "batch_size": 1, "color": 0}},
  |                                                         ^
  |
  = help: change it to 1

what might help, not applied:
--- one.json
+++ one.json
@@ -1,4 +1,4 @@
 {
-  "1": {"class_type": "EmptyImage", "inputs": {"width": 0, "height": 64, "batch_size": 1, "color": 0}},
+  "1": {"class_type": "EmptyImage", "inputs": {"width": 1, "height": 64, "batch_size": 1, "color": 0}},
   "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
 }

"#]])
        .stderr_eq(str![[r#"
1 error in 1 file
more about a code: comfy-transpile --explain value_smaller_than_min

"#]]);
    files.run("--fix good.json").success();
    assert_eq!((files.text("one.json").as_str(), files.text("good.json").as_str()), (ONE, GOOD));
    files.program("--fix -").stdin(GOOD).assert().success().stdout_eq(snapbox::Data::text(GOOD));
}

/// A name with a letter too many, as keys and as words, and a text that was to be a number: all of it surely meant.
const MENDABLE: &str = r#"{
  "1": { "class_type":"EmptyImage",
         "inputs": {"widht": 64, "height": 64, "batch_size": 1, "color": 0} },
  "2": {"class_type": "ImageScale", "inputs": {"image": ["1", 0],
        "upscale_method": "bilinaer", "width": "8", "height": 8, "crop": "disabled"}},

  "3": {"class_type": "PreviewImage", "inputs": {"images": ["2", 0]}}
}
"#;

#[test]
fn what_is_surely_meant_is_mended_in_place() {
    let files = Files::new(&[("file.json", MENDABLE)]);
    files.run("--check file.json --message-format concise").code(1).stdout_eq(str![[r#"
file.json:3:20: error[required_input_missing]: EmptyImage #1: width has neither a link nor a value
file.json:3:30: error[undeclared_input]: EmptyImage #1: EmptyImage has no input widht; its value 64 is ignored
file.json:5:27: error[value_not_in_list]: ImageScale #2: upscale_method has no option "bilinaer"
file.json:5:48: warning[number_as_text]: ImageScale #2: width takes INT, but "8" is text, which only the server converts

"#]]).stderr_eq(str![[r#"
3 errors and 1 warning in 1 file
4 of these can be fixed with --fix
more about a code: comfy-transpile --explain required_input_missing

"#]]);
    files.run("--fix file.json").success().stdout_eq(str![""]).stderr_eq(str![[r#"
fixed[required_input_missing]: EmptyImage #1: width has neither a link nor a value (rename widht to width)
fixed[undeclared_input]: EmptyImage #1: EmptyImage has no input widht; its value 64 is ignored (rename widht to width)
fixed[value_not_in_list]: ImageScale #2: upscale_method has no option "bilinaer" (did you mean "bilinear"?)
fixed[number_as_text]: ImageScale #2: width takes INT, but "8" is text, which only the server converts (change it to 8)
no problems in 1 file
4 fixed

"#]]);
    let mended = MENDABLE.replace("widht", "width").replace("bilinaer", "bilinear").replace("\"8\"", "8");
    assert_eq!(files.text("file.json"), mended);
    files.run("--check file.json").success().stdout_eq(str![""]);
    // elsewhere, and through pipes
    let files = Files::new(&[("file.json", MENDABLE)]);
    files.run("--fix file.json -o other.json").success();
    assert_eq!((files.text("file.json").as_str(), files.text("other.json")), (MENDABLE, mended.clone()));
    files.program("--fix").stdin(MENDABLE).assert().success().stdout_eq(snapbox::Data::text(mended));
}

#[test]
fn a_fix_in_one_line_touches_nothing_else() {
    let line: String =
        MENDABLE.split('\n').map(str::trim).collect::<String>().replace(": ", ":").replace(", ", ",");
    let files = Files::new(&[("line.json", &line)]);
    files.run("--fix line.json").success().stdout_eq(str![""]);
    let mended = line.replace("widht", "width").replace("bilinaer", "bilinear").replace("\"8\"", "8");
    assert_eq!(files.text("line.json"), mended);
}

#[test]
fn a_guess_is_shown_and_not_made() {
    let guess = MENDABLE.replace("widht", "width").replace("bilinaer", "bicub_linear").replace("\"8\"", "8");
    let guess = guess.replace("[\"2\", 0]", "[\"9\", 0]");
    let files = Files::new(&[("file.json", &guess)]);
    files
        .run("--fix file.json")
        .code(1)
        .stdout_eq(str![[r#"
warning[unused_node]: ImageScale #2: no output depends on it, so it does not run
 --> file.json:4:9
  |
4 |   "2": {"class_type": "ImageScale", "inputs": {"image": ["1", 0],
  |         ^^^^^^^^^^^^^^^^^^^^^^^^^^

error[value_not_in_list]: ImageScale #2: upscale_method has no option "bicub_linear"
 --> file.json:5:27
  |
5 |         "upscale_method": "bicub_linear", "width": 8, "height": 8, "crop": "disabled"}},
  |                           ^^^^^^^^^^^^^^
  |
  = help: there is "nearest-exact", "bilinear", "area", "bicubic", "lanczos"
  = help: did you mean "bilinear"?

error[dangling_link]: PreviewImage #3: images is linked to node #9, but there is no such node
 --> file.json:7:60
  |
7 |   "3": {"class_type": "PreviewImage", "inputs": {"images": ["9", 0]}}
  |                                                            ^^^^^^^^
  |
  = help: link images to output 0 (IMAGE) of ImageScale #2: ["2",0]
  = help: link images to output 0 (IMAGE) of EmptyImage #1: ["1",0]
  = help: or add a node that gives it: ImageScale, ImageScaleBy, ImageScaleToTotalPixels, PreviewImage,
          SaveImage, ImageInvert, ImagePadForOutpaint, ImageBlend, ImageBlur, ImageQuantize, ImageSharpen,
          BatchImagesNode, ColorTransfer, ImageCompositeMasked, RebatchImages, Canny, ImageCropV2,
          RepeatImageBatch, ImageFromBatch, ImageAddNoise, ImageStitch, ResizeAndPadImage, ImageRotate,
          ImageFlip, ImageScaleToMaxDimension, SplitImageToTileList, ImageMergeTileList, Morphology,
          ImageYUVToRGB or FluxKontextImageScale

what might help, not applied:
--- file.json
+++ file.json
@@ -3,6 +3,6 @@
          "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0} },
   "2": {"class_type": "ImageScale", "inputs": {"image": ["1", 0],
-        "upscale_method": "bicub_linear", "width": 8, "height": 8, "crop": "disabled"}},
+        "upscale_method": "bilinear", "width": 8, "height": 8, "crop": "disabled"}},
 
-  "3": {"class_type": "PreviewImage", "inputs": {"images": ["9", 0]}}
+  "3": {"class_type": "PreviewImage", "inputs": {"images": ["2", 0]}}
 }

"#]])
        .stderr_eq(str![[r#"
2 errors and 1 warning in 1 file
more about a code: comfy-transpile --explain value_not_in_list

"#]]);
    assert_eq!(files.text("file.json"), guess);
}

#[test]
fn edits_for_programs_are_those_of_fix() {
    let files = Files::new(&[("file.json", MENDABLE)]);
    let found = lines(&files.run("--check file.json --message-format json").code(1));
    let number = |value: &Value| usize::try_from(value.as_u64().expect("a number")).expect("short");
    let mut edits: Vec<_> = found
        .iter()
        .filter_map(|found| {
            found["suggestions"].as_array()?.iter().find(|s| s["applicability"] == "machine_applicable")
        })
        .flat_map(|suggestion| suggestion["edits"].as_array().expect("edits"))
        .map(|edit| (number(&edit["start"]), number(&edit["end"]), edit["text"].as_str().expect("a text")))
        .collect();
    edits.sort_unstable();
    edits.dedup();
    let mut text = MENDABLE.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    files.run("--fix file.json").success();
    assert_eq!(files.text("file.json"), text);
}

#[test]
fn wrong_use() {
    let files = Files::new(&[("one.json", ONE), ("good.json", GOOD)]);
    for arguments in [
        "one.json good.json",
        "--fix one.json good.json -o out.json",
        "--check one.json -o out.json",
        "--check --to api one.json",
        "--explain all one.json",
    ] {
        let done = files.run(arguments).code(2).stdout_eq(str![""]);
        assert!(String::from_utf8_lossy(&done.get_output().stderr).contains("error: "), "{arguments}");
    }
}

/// A prompt with so many pictures of a negative width, each another.
fn too_small(count: usize) -> String {
    let mut prompt = serde_json::Map::new();
    for n in 1..=count {
        let inputs = serde_json::json!({"width": -i64::try_from(n).unwrap_or(1), "height": 64, "batch_size": 1, "color": 0});
        prompt.insert((2 * n).to_string(), serde_json::json!({"class_type": "EmptyImage", "inputs": inputs}));
        let inputs = serde_json::json!({"images": [(2 * n).to_string(), 0]});
        prompt.insert(
            (2 * n + 1).to_string(),
            serde_json::json!({"class_type": "PreviewImage", "inputs": inputs}),
        );
    }
    Value::Object(prompt).to_string()
}

/// What the program says of a text.
fn said(text: &str, arguments: &[&str]) -> (String, String) {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("it.json");
    fs::write(&file, text).expect("a file");
    let output = program().arg("--check").args(arguments).arg(file).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_hundred_findings_are_shown_unless_one_says_otherwise() {
    let prompt = too_small(150);
    let shown = |arguments: &[&str]| {
        let (out, err) = said(&prompt, arguments);
        (out.matches("value_smaller_than_min").count(), err)
    };
    let (count, err) = shown(&[]);
    assert!(count == 100 && err.contains("50 more are not shown; --limit 0 shows them all"), "{count} {err}");
    assert!(err.contains("150 errors in 1 file"), "{err}");
    assert_eq!(shown(&["--limit", "0"]).0, 150);
    assert_eq!(shown(&["--limit", "3", "--message-format", "json"]).0, 3);
    assert_eq!(shown(&["--message-format", "concise"]).0, 150);
}

#[test]
fn findings_that_differ_in_their_node_only_are_one() {
    let prompt = too_small(40).replace(r#""width":-"#, r#""width":-7, "was":-"#);
    let (out, _) = said(&prompt, &["--allow", "undeclared_input"]);
    assert_eq!(out.matches("error[value_smaller_than_min]").count(), 1, "{out}");
    assert!(out.contains("the same at #4, #6, #8,") && out.contains("and 27 more"), "{out}");
}

/// Definitions with two instances of the next, each with a node of a width of nothing.
#[test]
fn a_bomb_of_subgraphs_is_one_screen() {
    const LEVELS: usize = 40;
    let definition = |level: usize| {
        let mut nodes = vec![
            serde_json::json!({"id": 1, "type": "EmptyImage", "widgets_values": [0, 64, 1, 0],
                "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [1]}]}),
            serde_json::json!({"id": 2, "type": "PreviewImage", "inputs": [{"name": "images", "type": "IMAGE", "link": 1}]}),
        ];
        for id in [3, 4].into_iter().filter(|_| level + 1 < LEVELS) {
            nodes.push(serde_json::json!({"id": id, "type": format!("level-{}", level + 1), "inputs": [], "outputs": []}));
        }
        serde_json::json!({"id": format!("level-{level}"), "name": "bomb", "inputs": [], "outputs": [], "nodes": nodes,
            "links": [{"id": 1, "origin_id": 1, "origin_slot": 0, "target_id": 2, "target_slot": 0, "type": "IMAGE"}]})
    };
    let definitions: Vec<Value> = (0..LEVELS).map(definition).collect();
    let file = serde_json::json!({"nodes": [{"id": 1, "type": "level-0", "inputs": [], "outputs": []}], "links": [],
        "definitions": {"subgraphs": definitions}, "version": 0.4});
    let (out, err) = said(&file.to_string(), &[]);
    assert!(out.contains("subgraph_too_large") && out.contains("value_smaller_than_min"), "{out}");
    assert!(out.lines().count() <= 60 && out.len() < 20_000, "{} lines\n{out}\n{err}", out.lines().count());
}

/// The findings about a workflow that lies in another document have its places, and fixes leave the rest as it is.
#[test]
fn a_wrapped_prompt_is_checked_and_fixed_in_its_place() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("wrapped.json");
    let inner = GOOD.replace(r#""batch_size": 1"#, r#""batch_size": "1""#);
    fs::write(&file, format!("{{\"note\": NaN, \"api_graph\": {inner}, \"more\": [1]}}")).expect("a file");
    let output =
        program().args(["--check", "--message-format", "json"]).arg(&file).output().expect("it runs");
    let lines: Vec<Value> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let of = |code: &str| lines.iter().find(|line| line["code"] == code).expect(code);
    assert_eq!(of("wrapped_document")["path"], serde_json::json!(["api_graph"]));
    assert_eq!(of("non_finite_number")["column"], 10);
    assert_eq!(of("number_as_text")["path"], serde_json::json!(["api_graph", "1", "inputs", "batch_size"]));
    assert_eq!(of("number_as_text")["line"], 2);
    program().arg("--fix").arg(&file).output().expect("it runs");
    let fixed = fs::read_to_string(&file).expect("the file");
    assert_eq!(fixed, format!("{{\"note\": NaN, \"api_graph\": {GOOD}, \"more\": [1]}}"));
}

/// Another model makes another picture: only the same file under another spelling is put in.
#[test]
fn a_fix_never_changes_which_model_is_used() {
    let catalog = serde_json::json!({
        "Loader": {"input": {"required": {"unet_name": [["flux1-dev.safetensors", "SDXL/base_1.0.safetensors", "vae/model.safetensors"], {}],
                                          "mode": [["default", "fast"], {}]}},
                   "output": ["MODEL"], "output_name": ["MODEL"], "name": "Loader", "category": "", "output_node": true}});
    let folder = TempDir::new().expect("a folder");
    let nodes = folder.path().join("object_info.json");
    fs::write(&nodes, catalog.to_string()).expect("a file");
    let file = folder.path().join("it.json");
    let fixed = |name: &str, mode: &str| {
        let inputs = serde_json::json!({"unet_name": name, "mode": mode});
        fs::write(&file, serde_json::json!({"1": {"class_type": "Loader", "inputs": inputs}}).to_string())
            .expect("a file");
        program().arg("--fix").arg("--catalog").arg(&nodes).arg(&file).output().expect("it runs");
        let text = fs::read_to_string(&file).expect("the file");
        let prompt: Value = serde_json::from_str(&text).expect("JSON");
        let value = |key: &str| prompt["1"]["inputs"][key].as_str().expect("a text").to_owned();
        (value("unet_name"), value("mode"))
    };
    for same in ["sdxl\\BASE_1.0.safetensors", "base_1.0.ckpt", "other/base_1.0.sft"] {
        assert_eq!(fixed(same, "defualt"), ("SDXL/base_1.0.safetensors".to_owned(), "default".to_owned()));
    }
    for other in
        ["flux2_dev.safetensors", "flux1_dev.safetensors", "base_1.1.safetensors", "unet/model.safetensors"]
    {
        assert_eq!(fixed(other, "default").0, other);
    }
}

/// What people write who know ComfyUI and not the names here: the message has what to write.
#[test]
fn guesses_are_answered() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("flow.rs");
    let helps = |line: &str| -> Vec<String> {
        let flow =
            format!("use comfy_dsl::prelude::*;\nuse nodes::*;\npub fn flow(g: &Flow) {{\n    {line}\n}}\n");
        fs::write(&file, flow).expect("a file");
        let output =
            program().args(["--check", "--message-format", "json"]).arg(&file).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let found = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let errors = found.filter(|found| found["severity"] == "error");
        errors.map(|found| found["help"][0].as_str().unwrap_or_default().to_owned()).collect()
    };
    let cases = [
        (
            r#"let l = g.add(EmptyLatentImage::new()); g.add(SaveLatent::new().samples(g.add(LatentUpscaleBy::new().samples(l).upscale_method(UpscaleMethod::NearestExact))));"#,
            "write `\"nearest-exact\"`, or name the node, too, as in `LatentUpscaleUpscaleMethod::NearestExact`",
        ),
        (
            r#"let _c = g.add(ControlNetLoader::new().control_net_name(ControlNet::file("a.pth")));"#,
            "the name of a file goes in as text: `\"a.pth\"`",
        ),
        (
            r#"let _u = g.add(UNETLoader::new().unet_name(DiffusionModel::file("a.safetensors")));"#,
            "the name of a file goes in as text: `\"a.safetensors\"`",
        ),
    ];
    for (line, help) in cases {
        let found = helps(line);
        assert_eq!(found.first().map(String::as_str), Some(help), "{line}");
    }
    let right = r#"let c = g.add(CLIPLoader::new().clip_name("t5.safetensors").r#type("wan")); let _ = g.add(CLIPTextEncode::new().clip(c).text("x")); let p = g.add(LoadImage::new().image("a.png")); g.add(SaveVideo::new().video(g.add(CreateVideo::new().images(p.image).fps(16.0))).format("mp4"));"#;
    assert_eq!(helps(right), Vec::<String>::new());
}
