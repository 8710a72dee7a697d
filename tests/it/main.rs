//! One binary for all integration tests, so that they link once.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say what went wrong by panicking"
)]

mod build_script;
mod cases;
mod corpus;
mod diagram;
mod diff;
mod differential;
mod edit;
mod flows;
mod interface;
mod layout;
mod live;
mod reader;
mod round_trips;
mod scale;
mod skew;
mod svg;
mod tidy;
mod valid;
