//! Writes what is generated from the configuration's sections into the folder that is named: the reference of its keys
//! and the JSON schema of `sophon.toml`.

use std::path::PathBuf;

use sophon_server::config::{reference, schema_text};

fn main() -> std::io::Result<()> {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("docs"), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("configuration.md"), reference())?;
    std::fs::write(folder.join("sophon.schema.json"), schema_text())
}
