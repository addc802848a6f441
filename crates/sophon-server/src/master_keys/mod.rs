//! Where the master keys are kept: a variable, a command of the operator's, or a file in the data folder.
//!
//! In all of them a key is 32 bytes in base64, one a line (or separated by commas), newest first. Empty lines and those
//! that begin with `#` say nothing.

mod command;
mod file;
mod variable;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sophon_model::ports::{MasterKey, MasterKeys};
use sophon_model::{Error, Kind, Result};
use zeroize::Zeroizing;

use crate::StartError;
use crate::config::Secrets;
use crate::data_folder::DataFolder;
use crate::environment;
use command::Command;
use file::File;
use variable::Variable;

/// The variable that the keys can be in.
const VARIABLE: &str = "SOPHON_MASTER_KEY";
/// Keys that there may be at a time.
const MOST_KEYS: usize = 64;
/// The longest text that holds keys, in bytes.
const LONGEST_TEXT: usize = 16 * 1024;

/// The place that the operator has chosen.
pub(crate) fn open(config: &Secrets, folder: &DataFolder) -> Result<Arc<dyn MasterKeys>, StartError> {
    let keys: Arc<dyn MasterKeys> = match (environment::variable(VARIABLE), &config.master_key_command[..]) {
        (Some(_), [_, ..]) => {
            return Err(refused(format!(
                "{VARIABLE} is set, and so is secrets.master_key_command: choose one of them"
            ))
            .into());
        }
        (Some(text), []) => Arc::new(Variable::new(text)?),
        (None, [program, arguments @ ..]) => Arc::new(Command::new(program, arguments)),
        (None, []) => {
            let default = || folder.security_file("master.keys");
            Arc::new(File::new(config.master_key_file.clone().unwrap_or_else(default)))
        }
    };
    Ok(keys)
}

/// The keys in a text.
fn parse(text: &str, place: &str) -> Result<Vec<MasterKey>> {
    let lines = text.split(['\n', ',']).map(str::trim);
    let keys = lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let bytes = STANDARD.decode(line).ok().map(Zeroizing::new);
        bytes.and_then(MasterKey::new).ok_or_else(|| {
            refused(format!(
                "{place} holds something that is not a master key: 32 bytes in base64, as `openssl rand -base64 32` \
                 prints them"
            ))
        })
    });
    let keys: Vec<MasterKey> = keys.collect::<Result<_>>()?;
    if keys.len() > MOST_KEYS {
        let text = format!(
            "{place} holds {} master keys, and at most {MOST_KEYS} are read: remove the last ones, which nothing is \
             sealed under (`sophon secrets status`)",
            keys.len()
        );
        return Err(refused(text));
    }
    Ok(keys)
}

fn refused(text: String) -> Error {
    Error::new(Kind::Conflict, text).with_code("master_keys_unusable")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_on_lines_or_between_commas_newest_first() {
        let (one, two) = (STANDARD.encode([1; 32]), STANDARD.encode([2; 32]));
        for text in [format!("# keys\n\n{two}\n {one} \n"), format!("{two},{one}")] {
            let keys: Vec<Vec<u8>> =
                parse(&text, "here").unwrap().iter().map(|key| key.expose().to_vec()).collect();
            assert_eq!(keys, [vec![2; 32], vec![1; 32]]);
        }
        assert!(parse("", "here").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_shown() {
        for text in ["c2hvcnQ=", "not base64 at all"] {
            let error = parse(text, "the file x").err().unwrap().to_string();
            assert!(error.starts_with("the file x holds something") && !error.contains(text), "{error}");
        }
        let many = format!("{}\n", STANDARD.encode([1; 32])).repeat(MOST_KEYS + 1);
        assert!(parse(&many, "here").is_err());
    }
}
