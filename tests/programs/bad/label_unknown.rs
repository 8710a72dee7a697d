//! A label that is not there.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    'rows: for _ in 0..2 {
        g.note("row");
        for _ in 0..2 {
            break 'row;
        }
    }
}
