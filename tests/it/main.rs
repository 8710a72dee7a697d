//! One binary for all integration tests, so that they link once.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say what went wrong by panicking"
)]

mod corpus;
mod flows;
mod scale;
mod tidy;
mod valid;
