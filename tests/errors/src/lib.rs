//! The nodes that `ui` makes mistakes with. A test of comfy-codegen writes them and sees to it that they are what the
//! generator writes now; being here, they cost the tests of messages no build of the generator.

#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    reason = "generated, and without the prose of a server"
)]

include!("../nodes.in");
