//! Notes, ids, raw nodes.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let note = g.note("Use a good checkpoint.");
    g.title(note, "Read me");
    let image = g.add(EmptyImage::new().width(64).id(57).title("Start"));
    g.id(g.add(ImageInvert::new().image(image)), "99");
    let save = g.add(SaveImage::new().images(image).id("a"));
    if let Some(id) = g.id_of(save) {
        g.add(PreviewImage::new().images(image).title(id));
    }
    let preview = g.add(PreviewImage::new().images(image));
    let raw = g.add(RawNode::new("MyNode").input("x", 5).output("OUT", "IMAGE").id(7).title("Raw").bypass());
    g.add(PreviewImage::new().images(raw.out::<Image>(0)).mute());
}
