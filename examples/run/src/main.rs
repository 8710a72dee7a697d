//! A red square, made larger and saved.
use comfy_client::{RunFlow, RunOptions, blocking::Client};
use comfy_dsl::prelude::*;
mod nodes {
    include!(concat!(env!("OUT_DIR"), "/nodes.rs"));
}
use nodes::*;
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (g, options) = (Flow::new(), RunOptions::default());
    let red = g.add(EmptyImage::new().width(64).height(64).color(0xff_00_00));
    let large = g.add(ImageScaleBy::new().image(red).scale_by(8.0));
    g.add(SaveImage::new().images(large).filename_prefix("red"));
    g.run_with(&Client::from_env()?, &options, |now| eprintln!("{now}"))?.save("pictures")?;
    Ok(())
}
