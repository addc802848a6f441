//! Passwords that are guessed first: the common ones, and those that say no more than whose they are.
//!
//! As NIST SP 800-63B has it: no rules of composition, but a list, and the words that everybody would try for this person.

use sophon_model::{Error, Result};

/// Common passwords of 8 characters and more, in lower case, a line each. From Django's list: see `LICENSE-DJANGO`.
const COMMON: &str = include_str!("common.txt");
/// Digits and signs around a common password that do not make it a better one.
const ADORNMENT: usize = 4;
/// Words that are looked for in a password, of at least so many characters.
const SHORTEST_WORD: usize = 3;
/// What a password has besides its owner's own words, at least, in letters and digits.
const LEAST_OF_ITS_OWN: usize = 6;
/// What it is a password for.
const SERVICE: &str = "sophon";

/// Whose password it is, as far as that is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owner {
    /// The e-mail address.
    pub(crate) email: String,
    /// The name.
    pub(crate) name: String,
}

impl Owner {
    /// The words that somebody would try first, the longest first.
    fn words(&self) -> Vec<String> {
        let local = self.email.split('@').next().unwrap_or_default();
        let parts = [local, self.name.as_str()]
            .into_iter()
            .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
        let whole = [local, SERVICE].into_iter();
        let long = |word: &&str| word.chars().count() >= SHORTEST_WORD;
        let mut words: Vec<String> = parts.chain(whole).filter(long).map(str::to_lowercase).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words
    }
}

/// Refuses a password that would be guessed soon.
pub(super) fn require_hard_to_guess(password: &str, owner: &Owner) -> Result<()> {
    let plain = password.to_lowercase();
    if is_common(&plain) || is_one_character(&plain) {
        return Err(refused(
            "This password is one of those that are tried first. Choose another one, for example of several words.",
        ));
    }
    if is_of_own_words(&plain, owner) {
        return Err(refused(
            "This password is made of your name, your e-mail address or the word Sophon. Choose another one.",
        ));
    }
    Ok(())
}

fn refused(text: &'static str) -> Error {
    Error::validation("password", text)
}

fn is_common(plain: &str) -> bool {
    let core = plain.trim_matches(|c: char| !c.is_alphabetic());
    let is_adorned = plain.chars().count() - core.chars().count() <= ADORNMENT;
    COMMON.lines().any(|common| common == plain || is_adorned && common == core)
}

fn is_one_character(plain: &str) -> bool {
    let mut characters = plain.chars();
    characters.next().is_some_and(|first| characters.all(|other| other == first))
}

fn is_of_own_words(plain: &str, owner: &Owner) -> bool {
    let rest = owner.words().iter().fold(plain.to_owned(), |rest, word| rest.replace(word, ""));
    rest != plain && rest.chars().filter(|c| c.is_alphanumeric()).count() < LEAST_OF_ITS_OWN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(password: &str) -> bool {
        let owner = Owner { email: "ada.byron@example.com".into(), name: "Ada Lovelace".into() };
        require_hard_to_guess(password, &owner).is_err()
    }

    #[test]
    fn common_passwords_are_refused_in_any_case_and_with_a_little_around_them() {
        for common in [
            "password",
            "PassWord",
            "password1",
            "Password1!",
            "!!iloveyou",
            "qwertyuiop",
            "1234567890",
            "zzzzzzzzzzzz",
        ] {
            assert!(is_refused(common), "{common}");
        }
        for other in ["correct horse battery staple", "password of the moon", "iloveyou-20-26-x", "ghuTqx-83"]
        {
            assert!(!is_refused(other), "{other}");
        }
    }

    #[test]
    fn what_says_no_more_than_whose_it_is_is_refused() {
        for own in [
            "adalovelace",
            "Ada.Byron",
            "Ada-Byron-1815",
            "lovelace2024",
            "Sophon!2026",
            "sophonsophon",
            "byron.sophon",
        ] {
            assert!(is_refused(own), "{own}");
        }
        for other in ["lovelace counts in engines", "sophon unfolds in eleven", "charles babbage"] {
            assert!(!is_refused(other), "{other}");
        }
    }

    #[test]
    fn without_an_owner_the_service_is_known_still() {
        assert!(require_hard_to_guess("sophon1234", &Owner::default()).is_err());
        assert!(require_hard_to_guess("ada-byron-1815", &Owner::default()).is_ok());
    }

    #[test]
    fn the_list_holds_what_could_be_a_password_at_all() {
        assert!(COMMON.lines().count() > 8_000);
        assert!(COMMON.lines().all(|line| line.len() >= 8 && line.to_lowercase() == line));
    }
}
