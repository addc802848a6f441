//! Codes: one-time passwords of an authenticator app (RFC 6238), and recovery codes.

use std::fmt::Write as _;

use sophon_model::{Error, Result, SecondFactor, SecretBytes, Timestamp};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::identity::secret_hash;

/// The length of a key, in bytes.
pub(super) const KEY_BYTES: usize = 20;
/// Recovery codes that a user has.
pub(super) const RECOVERY_CODES: usize = 10;
/// Random bytes of a recovery code.
const RECOVERY_BYTES: usize = 10;
/// Characters of a recovery code between two hyphens.
const GROUP: usize = 4;
/// The longest code that is looked at, in bytes.
const LONGEST_CODE: usize = 64;
/// Who the app says that the code is for.
const ISSUER: &str = "Sophon";

/// What somebody typed in place of a code.
#[derive(Clone, Debug)]
pub(super) enum Typed {
    /// Six digits of the app.
    App(String),
    /// The hash of a recovery code.
    Recovery(String),
}

impl Typed {
    /// Reads what was typed, with or without spaces and hyphens.
    pub(super) fn read(text: &str) -> Self {
        let plain = Zeroizing::new(if text.len() > LONGEST_CODE {
            String::new()
        } else {
            text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
        });
        if plain.len() == 6 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::App(plain.to_string())
        } else {
            Self::Recovery(secret_hash(&plain))
        }
    }
}

/// The code that was right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Used {
    /// The app's, of this step.
    Step(i64),
    /// This recovery code.
    Recovery(String),
}

/// The code that was typed, if it is right and was not used before.
pub(super) fn matching(
    factor: &SecondFactor,
    key: &SecretBytes,
    typed: &Typed,
    now: Timestamp,
) -> Result<Option<Used>> {
    match typed {
        Typed::Recovery(hash) => {
            Ok(factor.recovery_hashes.contains(hash).then(|| Used::Recovery(hash.clone())))
        }
        Typed::App(code) => {
            let seconds = u64::try_from(now.as_millis() / 1000).unwrap_or_default();
            let step = app(key, "")?.check(code, seconds).and_then(|step| i64::try_from(step).ok());
            Ok(step.filter(|step| *step > factor.last_step).map(Used::Step))
        }
    }
}

/// The address that an app reads from a QR code, and the key as it is typed.
pub(super) fn invitation(key: &SecretBytes, email: &str) -> Result<(String, String)> {
    let totp = app(key, email)?;
    let uri = totp.to_url().map_err(|error| Error::internal(error.to_string()))?;
    Ok((uri, totp.secret().to_base32()))
}

fn app(key: &SecretBytes, email: &str) -> Result<Totp> {
    // An account must have a name, and no colon in it.
    let account = if email.is_empty() { "-".to_owned() } else { email.replace(':', "_") };
    Builder::new()
        .with_secret(Secret::new(key.expose().into()))
        .with_account_name(account)
        .with_issuer(Some(ISSUER))
        .build()
        .map_err(|error| Error::internal(error.to_string()))
}

/// New recovery codes, as they are shown, and their hashes.
pub(super) fn recovery_codes(mut random: impl FnMut() -> [u8; RECOVERY_BYTES]) -> (Vec<String>, Vec<String>) {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| grouped(&random())).collect();
    let hashes = codes.iter().map(|code| secret_hash(&code.replace('-', ""))).collect();
    (codes, hashes)
}

/// Bytes in hexadecimal, in groups.
fn grouped(bytes: &[u8]) -> String {
    let mut code = String::new();
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place * 2 % GROUP == 0 {
            code.push('-');
        }
        let _cannot_fail = write!(code, "{byte:02x}");
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of the RFC's examples.
    const KEY: &[u8] = b"12345678901234567890";

    fn factor(last_step: i64) -> SecondFactor {
        SecondFactor {
            id: "mfa_1".into(),
            user_id: "usr_1".into(),
            confirmed_at: None,
            last_step,
            recovery_hashes: vec![secret_hash("aaaabbbbccccddddeeee")],
            wrong_codes: 0,
            wrong_at: None,
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
        }
    }

    fn used(last_step: i64, typed: &str, seconds: i64) -> Option<Used> {
        let key = SecretBytes::from(KEY.to_vec());
        matching(&factor(last_step), &key, &Typed::read(typed), Timestamp::from_millis(seconds * 1000))
            .unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_rfc_one_step_early_or_late() {
        // The last six of the eight digits in appendix B.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            let step = seconds / 30;
            for early_or_late in [-30, 0, 30] {
                assert_eq!(used(0, code, seconds + early_or_late), Some(Used::Step(step)));
            }
            assert_eq!(used(0, code, seconds + 61), None);
            assert_eq!(used(0, code, seconds + 3_600), None);
            assert_eq!(used(step, code, seconds), None, "a step counts once");
            assert_eq!(used(step + 1, code, seconds + 30), None, "nor does an earlier one");
        }
        assert_eq!(used(0, " 287 082 ", 59), Some(Used::Step(1)));
        assert_eq!(used(0, "287083", 59), None);
        assert_eq!(used(0, "", 59), None);
        assert_eq!(used(0, &"2".repeat(1_000_000), 59), None);
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_typed() {
        for typed in ["aaaa-bbbb-cccc-dddd-eeee", "AAAABBBBCCCCDDDDEEEE", " aaaa bbbb cccc dddd eeee"] {
            assert!(matches!(used(0, typed, 0), Some(Used::Recovery(_))), "{typed}");
        }
        assert_eq!(used(0, "aaaa-bbbb-cccc-dddd-eeef", 0), None);
        let mut next = 0_u8;
        let (codes, hashes) = recovery_codes(|| {
            next += 1;
            [next; RECOVERY_BYTES]
        });
        assert_eq!((codes.len(), hashes.len()), (RECOVERY_CODES, RECOVERY_CODES));
        assert_eq!(codes[0], "0101-0101-0101-0101-0101");
        assert_eq!(hashes[0], secret_hash("01010101010101010101"));
    }

    #[test]
    fn an_app_is_told_who_and_what_for() {
        let (uri, key) = invitation(&SecretBytes::from(KEY.to_vec()), "ada@example.com").unwrap();
        assert_eq!(key, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(uri.starts_with("otpauth://totp/Sophon:ada%40example.com?"), "{uri}");
        assert!(uri.contains(&format!("secret={key}")) && uri.contains("issuer=Sophon"), "{uri}");
    }
}
