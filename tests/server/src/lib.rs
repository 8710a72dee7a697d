//! Servers that tests of clients talk to.
//!
//! * [`stub`] – a simulated ComfyUI 0.33: its queue, its history, its files, its messages, without running a model.
//! * [`cloud`] – a simulated Comfy Cloud on top of the same simulator.
//! * [`faults`] – a proxy that breaks connections by a schedule.
//! * [`record`] and [`replay`] – a proxy that writes down a conversation, and a server that plays it back.
//!
//! Every server has a thread and a runtime of its own, so tests may be sync or async and may kill servers at will.
//! Where a server mirrors ComfyUI, the comment names the file and function there; nothing here is a copy of its code.

pub mod cloud;
pub mod faults;
mod host;
pub mod record;
pub mod replay;
pub mod stub;
mod wire;
