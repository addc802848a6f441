//! Lists the migrations: each is a file of the same name for each engine, and the names count up from `0001_`.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=migrations");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let (sqlite, postgres) = (files(&folder.join("sqlite"))?, files(&folder.join("postgres"))?);
    if sqlite != postgres {
        return Err(format!(
            "each migration is a file of the same name for each engine: {sqlite:?}, {postgres:?}"
        )
        .into());
    }
    let mut list = String::from("&[\n");
    for (version, name) in (1..).zip(&sqlite) {
        if !name.starts_with(&format!("{version:04}_")) {
            return Err(
                format!("migrations count up from 0001: {name} stands at the place of {version:04}").into()
            );
        }
        let file = |engine: &str| folder.join(engine).join(name);
        writeln!(
            list,
            "    Migration {{ version: {version}, sqlite: include_str!(r#\"{}\"#), postgres: include_str!(r#\"{}\"#) }},",
            file("sqlite").display(),
            file("postgres").display()
        )?;
    }
    list.push_str("]\n");
    let out = std::env::var_os("OUT_DIR").ok_or("cargo says where to write")?;
    Ok(fs::write(PathBuf::from(out).join("migrations.rs"), list)?)
}

fn files(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<Result<Vec<String>, std::io::Error>>()?;
    names.sort();
    Ok(names)
}
