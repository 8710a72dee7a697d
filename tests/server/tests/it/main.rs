//! Tests of the test servers.

#![allow(clippy::expect_used, clippy::panic, reason = "a failing helper fails the test")]

mod client;
mod cloud;
mod faults;
mod files;
mod queue;
mod replay;
mod run;
