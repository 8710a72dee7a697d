//! `comfy-codegen`: writes a package of typed nodes, their signature sheet, or what an update changes; finds nodes and shows
//! them.
//!
//! Exit codes: 0 done (of `diff`: no change), 1 `diff` found changes, 2 could not (of `search`: found nothing).

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Parser, Subcommand, ValueEnum};
use comfy_codegen::{
    Config,
    changes::Comparison,
    names::Names,
    search::{Query, Search},
};

/// Writes a Rust package with a typed builder for every node of a ComfyUI server.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// `bundled`, a saved answer of `/object_info`, or the address of a server (http://…)
    #[arg(long, default_value = "bundled")]
    catalog: String,
    /// The folder of the package
    #[arg(short, long, value_name = "DIR", required_unless_present_any = ["sheet", "save"])]
    output: Option<PathBuf>,
    /// Write the signature sheet, one line per node, to this file (`-`: standard output)
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    sheet: Option<PathBuf>,
    /// Save the catalog to this file, for build scripts to read without a server
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Keep names as this file has them, and add new ones to it (comfy-names.lock)
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// These classes (comma-separated, or repeated)
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    only: Vec<String>,
    /// The classes of this category
    #[arg(long, value_name = "CATEGORY")]
    category: Vec<String>,
    /// The classes of this pack: a folder in `custom_nodes`, or a Python module
    #[arg(long, value_name = "PACK")]
    pack: Vec<String>,
    /// The classes that these workflows, prompts or Rust files use (patterns, such as 'flows/*.json')
    #[arg(long, value_name = "FILES")]
    flow: Vec<String>,
    /// The name of the package
    #[arg(long, default_value = "nodes")]
    package: String,
    /// The folder of comfy-dsl, if not the released version
    #[arg(long, value_name = "DIR")]
    runtime: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find nodes: by words of what they do, by what they take and give
    Search {
        /// What the node does, in any words
        words: Vec<String>,
        /// `bundled`, a saved answer of `/object_info`, or the address of a server
        #[arg(long, default_value = "bundled")]
        catalog: String,
        /// A socket type that it takes, such as LATENT
        #[arg(long, value_name = "TYPE")]
        takes: Option<String>,
        /// A socket type that it gives
        #[arg(long, value_name = "TYPE")]
        gives: Option<String>,
        /// Its category, or the beginning of it
        #[arg(long, value_name = "CATEGORY")]
        category: Option<String>,
        /// Its pack: a folder in `custom_nodes`, or a Python module
        #[arg(long, value_name = "PACK")]
        pack: Option<String>,
        /// How many nodes to show
        #[arg(short = 'n', long, default_value_t = 10, value_name = "N")]
        limit: usize,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Show all inputs and outputs of a class, with ranges, options and help
    Show {
        /// The class
        class: String,
        /// `bundled`, a saved answer of `/object_info`, or the address of a server
        #[arg(long, default_value = "bundled")]
        catalog: String,
    },
    /// List what another version of a server changes for existing flows
    Diff {
        /// The catalog of before: a file, `bundled`, or an address
        old: String,
        /// The catalog of after
        new: String,
        /// Only what these workflows, prompts or Rust files use (patterns)
        #[arg(long, value_name = "FILES")]
        flow: Vec<String>,
        /// The lock file that the flows' names come from
        #[arg(long, value_name = "FILE")]
        lock: Option<PathBuf>,
        /// One JSON object a line instead of text
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        message_format: Format,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

fn source(config: Config, catalog: &str) -> Config {
    match catalog {
        "bundled" => config.bundled(),
        url if url.starts_with("http://") || url.starts_with("https://") => config.url(url),
        file => config.catalog_file(file),
    }
}

fn generate(arguments: Arguments) -> anyhow::Result<()> {
    let mut config = source(Config::new(), &arguments.catalog);
    if let Some(file) = &arguments.save {
        save(&arguments.catalog, file)?;
        if arguments.output.is_none() && arguments.sheet.is_none() {
            return Ok(());
        }
        config = config.catalog_file(file);
    }
    config = config.only(arguments.only).flows(arguments.flow).package(arguments.package);
    for category in arguments.category {
        config = config.category(category);
    }
    for pack in arguments.pack {
        config = config.pack(pack);
    }
    if let Some(lock) = arguments.lock {
        config = config.lock(lock);
    }
    if let Some(runtime) = arguments.runtime {
        let runtime = runtime.canonicalize().with_context(|| format!("no folder {}", runtime.display()))?;
        config = config.runtime(runtime);
    }
    let generated = config.generate()?;
    complain(&generated.diagnostics);
    if let Some(folder) = &arguments.output {
        generated.write(folder)?;
    }
    match arguments.sheet {
        Some(path) if path == Path::new("-") => print(&generated.sheet),
        Some(path) => fs_err::write(path, &generated.sheet)?,
        None => {}
    }
    Ok(())
}

/// Saves a catalog as it came.
fn save(catalog: &str, file: &Path) -> anyhow::Result<()> {
    let text = match catalog {
        "bundled" => anyhow::bail!("the bundled catalog needs no file; give --catalog an address"),
        url if url.starts_with("http://") || url.starts_with("https://") => comfy_codegen::fetch(url)?,
        other => fs_err::read_to_string(other)?,
    };
    Ok(fs_err::write(file, text)?)
}

fn search(query: &Query, catalog: &str, limit: usize, json: bool) -> anyhow::Result<()> {
    let catalog = source(Config::new(), catalog).read_catalog()?;
    let names = Names::new(&catalog);
    let search = Search::new(&names);
    let found = search.find(query, limit);
    for hit in &found {
        let line = search.line(hit.def);
        if json {
            let def = hit.def;
            let about = def.description.lines().next().unwrap_or_default();
            let object = serde_json::json!({
                "class": def.class_type, "title": def.default_title(), "category": def.category,
                "pack": def.python_module, "about": about, "signature": line, "score": hit.score,
            });
            print(&format!("{object}\n"));
        } else {
            print(&format!("{line}\n"));
        }
    }
    if found.is_empty() {
        anyhow::bail!("no node fits; fewer words, or another catalog (--catalog URL), may find one");
    }
    Ok(())
}

fn show(class: &str, catalog: &str) -> anyhow::Result<()> {
    let catalog = source(Config::new(), catalog).read_catalog()?;
    let names = Names::new(&catalog);
    let Some(card) = comfy_codegen::search::card(&names, class) else {
        let near = comfy_graph::suggest::nearest(class, catalog.class_types());
        let hint = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        anyhow::bail!("the catalog has no class {class}{hint}");
    };
    print(&card);
    Ok(())
}

/// Whether there are changes.
fn diff(comparison: Comparison, message_format: Format) -> anyhow::Result<bool> {
    let changes = comparison.changes()?;
    for change in &changes {
        print(&match message_format {
            Format::Text => format!("{change}\n"),
            Format::Json => format!("{}\n", change.to_json()),
        });
    }
    Ok(!changes.is_empty())
}

#[allow(clippy::print_stdout, reason = "a program talks to its user")]
fn print(text: &str) {
    print!("{text}");
}

#[allow(clippy::print_stderr, reason = "a program talks to its user")]
fn complain(diagnostics: &[comfy_graph::diag::Diagnostic]) {
    for diagnostic in diagnostics {
        eprintln!("{}[{}]: {}", diagnostic.severity, diagnostic.code, diagnostic.message);
    }
}

#[allow(clippy::print_stderr, reason = "a program talks to its user")]
fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    let done = match arguments.command.take() {
        Some(Command::Diff { old, new, flow, lock, message_format }) => {
            let [old, new] = [old, new].map(|catalog| source(Config::new(), &catalog));
            diff(Comparison { old, new, flows: flow, lock }, message_format).map(u8::from)
        }
        Some(Command::Show { class, catalog }) => show(&class, &catalog).map(|()| 0),
        Some(Command::Search { words, catalog, takes, gives, category, pack, limit, json }) => {
            let query = Query { words: words.join(" "), takes, gives, category, pack };
            search(&query, &catalog, limit, json).map(|()| 0)
        }
        None => generate(arguments).map(|()| 0),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
