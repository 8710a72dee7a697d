//! What one can ask a server: one file for each subject, methods of `Client` in each. Answers are typed, and what they
//! have besides is kept. What belongs together over several requests (running a job, saving files) is elsewhere.

pub mod assets;
pub mod definitions;
pub mod files;
pub mod history;
pub mod internal;
pub mod jobs;
pub mod models;
pub mod prompt;
pub mod queue;
pub mod settings;
pub mod system;
pub mod userdata;
