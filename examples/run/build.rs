//! The nodes that `src/main.rs` uses, from the server that `COMFYUI_URL` names, else from the committed snapshot.

fn main() -> Result<(), comfy_codegen::Error> {
    comfy_codegen::Config::new().snapshot("object_info.json").flows(["src/main.rs"]).build()?;
    Ok(())
}
