use comfy_client::{RunFlow, RunOptions, blocking::Client};
use comfy_dsl::prelude::*;
mod nodes {
    include!(concat!(env!("OUT_DIR"), "/nodes.rs"));
}
use nodes::*;
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let g = Flow::new();
    let red = g.add(EmptyImage::new().width(64).height(64).color(0xff_00_00));
    let large = g.add(ImageScaleBy::new().image(red).scale_by(8.0));
    g.add(SaveImage::new().images(large).filename_prefix("red"));
    let client = Client::from_env()?;
    g.run_with(&client, &RunOptions::default(), |progress| eprintln!("{progress}"))?.save("pictures")?;
    Ok(())
}
