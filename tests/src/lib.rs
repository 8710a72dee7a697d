//! What the tests of the workspace share: the corpus of real workflows ([`corpus`]) and the comparison of prompts
//! ([`prompts`]).

pub mod corpus;
pub mod prompts;
