//! The classes named `Test…`, and nodes that cost money.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use serde_json::{Value, json};

use super::saving::Place;
use super::{Call, Datum, Failure, Made, noise, pause};
use crate::stub::execute::Run;

/// How often a sleeping node looks whether it was interrupted.
const GLANCE: Duration = Duration::from_millis(2);

/// Runs a `Test…` node.
pub(super) async fn run(run: &mut Run<'_>, call: &Call) -> Result<Made, Failure> {
    let mut made =
        Made { ui: None, outputs: vec![call.datum("value").cloned().unwrap_or(Datum::Opaque(call.hash()))] };
    match call.class.as_str() {
        "TestFail" => return Err(Failure::new(&call.text("exception_type"), call.text("message"))),
        "TestSleep" => sleep(run, call).await?,
        "TestBytes" => made.ui = Some(bytes(run, call)?),
        "TestText" => {
            let text = call.text("text");
            made = Made { ui: Some(json!({"text": [text]})), outputs: vec![Datum::Text(text)] };
        }
        "TestProgressText" => run.engine.state().hub.send_text(&call.id, &call.text("text")),
        "TestMedia" => made.ui = Some(media(run, call)?),
        "TestHostile" => made.ui = Some(hostile(run, call)),
        "TestRaw" => made.ui = serde_json::from_str(&call.text("ui")).ok(),
        "TestBlock" => made.outputs = vec![Datum::Blocked(Some(call.text("message")))],
        "TestLazy" => {
            run.executing(&call.id);
            pause(run.engine.shared.options.node_time).await;
        }
        "TestExpand" => expand(run, call).await?,
        _ => {}
    }
    Ok(made)
}

async fn sleep(run: &Run<'_>, call: &Call) -> Result<(), Failure> {
    let end = Instant::now() + Duration::from_millis(call.int("milliseconds"));
    while Instant::now() < end {
        run.check_interrupt()?;
        pause(GLANCE.min(end.saturating_duration_since(Instant::now()))).await;
    }
    run.check_interrupt()
}

fn bytes(run: &Run<'_>, call: &Call) -> Result<Value, Failure> {
    let place = Place::new(run, "output", &call.text("filename_prefix"))?;
    let size = usize::try_from(call.int("size")).unwrap_or_default();
    let item = place.numbered(run, "_.bin", noise(size, call.int("seed")));
    Ok(json!({"files": [item]}))
}

/// Files of other kinds, shown as the nodes that make them do.
fn media(run: &Run<'_>, call: &Call) -> Result<Value, Failure> {
    let place = Place::new(run, "output", &call.text("filename_prefix"))?;
    let write = |end: &str| place.numbered(run, end, noise(512, call.hash()));
    Ok(match call.text("kind").as_str() {
        "animated" => json!({"images": [write("_.webp")], "animated": [true]}),
        "video" => json!({"images": [write("_.mp4")], "animated": [true]}),
        "gifs" => {
            let mut item = write(".mp4");
            item["format"] = "video/h264-mp4".into();
            item["frame_rate"] = 8.0.into();
            json!({"gifs": [item]})
        }
        "audio" => json!({"audio": [write(".mp3")]}),
        "3d" => json!({"3d": [write("_.glb")]}),
        "3d_result" => json!({"result": [write("_.glb")["filename"], null, null]}),
        _ => json!({"latents": [write("_.latent")]}),
    })
}

fn hostile(run: &Run<'_>, call: &Call) -> Value {
    let (kind, subfolder, name) = (call.text("type"), call.text("subfolder"), call.text("filename"));
    let bytes = Bytes::from(call.text("content"));
    run.engine.shared.disk().write_hostile(&kind, &subfolder, &name, bytes);
    json!({"images": [{"filename": name, "subfolder": subfolder, "type": kind}]})
}

/// Two nodes with ids of their own run in place of the node.
async fn expand(run: &mut Run<'_>, call: &Call) -> Result<(), Failure> {
    for number in 1..=2 {
        let child = format!("{}.0.0.{number}", call.id);
        run.begin_node(&child, Some(&call.id));
        run.check_interrupt()?;
        pause(run.engine.shared.options.node_time).await;
        run.progress_finished(&child);
    }
    Ok(())
}

/// A blocked node says so once; it is no end of the prompt: `execution_block_cb`.
pub(super) fn tell_blocked(run: &Run<'_>, call: &Call, message: &str) {
    let data = json!({
        "prompt_id": run.item.prompt_id, "node_id": call.id, "node_type": call.class, "executed": run.executed(),
        "exception_message": format!("Execution Blocked: {message}"), "exception_type": "ExecutionBlocked",
        "traceback": [], "current_inputs": [], "current_outputs": [],
    });
    run.engine.state().send("execution_error", &data);
}

/// A partner node: wants a key, tells its price, makes something.
pub(super) fn paid(run: &Run<'_>, call: &Call) -> Result<Made, Failure> {
    let keys = ["auth_token_comfy_org", "api_key_comfy_org"];
    let key = keys.iter().find_map(|name| run.item.sensitive.get(*name)?.as_str());
    let Some(key) = key else {
        return Err(Failure::new("Exception", "Unauthorized: Please login first to use this node."));
    };
    run.engine.shared.log().keys.push(key.to_owned());
    run.engine.state().hub.send_text(&call.id, "Status: Completed\nPrice: 2.1 credits");
    let count = run.engine.shared.catalog.outputs(&call.class).len();
    Ok(Made { ui: None, outputs: vec![Datum::Opaque(call.hash()); count] })
}
