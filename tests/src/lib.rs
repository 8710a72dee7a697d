//! What the tests of the workspace share: the corpus of real workflows ([`corpus`]), the smallest prompt of each class
//! ([`probes`]), planted mistakes ([`faults`]), catalogs of other versions ([`skew`]), the comparison of prompts ([`prompts`]) and literate tests ([`suite`]).

pub mod corpus;
pub mod faults;
pub mod probes;
pub mod programs;
pub mod prompts;
pub mod routes;
pub mod skew;
pub mod suite;
pub mod synthetic;
