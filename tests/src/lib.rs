//! What the tests of the workspace share: the corpus of real workflows ([`corpus`]), planted mistakes ([`faults`]), the
//! comparison of prompts ([`prompts`]) and literate tests ([`suite`]).

pub mod corpus;
pub mod faults;
pub mod programs;
pub mod prompts;
pub mod suite;
pub mod synthetic;
