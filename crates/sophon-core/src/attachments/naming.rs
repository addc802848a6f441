//! Names and media types of files.

/// The longest name, in characters.
const LONGEST: usize = 200;
/// The name of a file without one.
const UNNAMED: &str = "file";
/// The media type of unknown content.
const UNKNOWN: &str = "application/octet-stream";

/// A name that is one part of a path, fits on one line, and reads as it is stored.
pub(super) fn safe_name(name: Option<&str>) -> String {
    let name = name.unwrap_or_default();
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|letter| !is_unsafe(*letter)).collect();
    let shown = shown.trim().trim_start_matches('.');
    if shown.is_empty() { UNNAMED.to_owned() } else { shorten(shown) }
}

/// Control characters, and those that turn the direction of a text around (`exe.gpj` for `jpg.exe`).
fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Cut in the middle, so that the ending stays.
fn shorten(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let Some(over) = letters.len().checked_sub(LONGEST + 1) else { return name.to_owned() };
    let middle = LONGEST * 3 / 4;
    let (head, tail) = (&letters[..middle], &letters[middle + over + 2..]);
    head.iter().chain(&['…']).chain(tail).collect()
}

/// The media type that the first bytes show. Of text it is the one that the sender declares, if that is a type of text.
pub(super) fn media_type(head: &[u8], declared: Option<&str>) -> String {
    if let Some(found) = infer::get(head) {
        return found.mime_type().to_owned();
    }
    if !is_text(head) {
        return UNKNOWN.to_owned();
    }
    let declared = declared.and_then(|declared| declared.split(';').next()).map(str::trim);
    let declared = declared.map(str::to_ascii_lowercase).filter(|declared| is_text_type(declared));
    declared.unwrap_or_else(|| "text/plain".to_owned())
}

/// Whether these bytes are the beginning of UTF-8 text. A character may be cut at the end.
fn is_text(head: &[u8]) -> bool {
    let is_utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    is_utf8 && !head.contains(&0)
}

/// Whether a media type is one of text.
pub(crate) fn is_text_type(mime: &str) -> bool {
    let is_token = |letter: char| letter.is_ascii_alphanumeric() || "/+-.".contains(letter);
    let of_application = ["json", "xml", "yaml", "x-yaml", "toml", "javascript", "sql", "x-sh"];
    mime.len() <= 100
        && mime.chars().all(is_token)
        && (mime.strip_prefix("text/").is_some_and(|rest| !rest.is_empty())
            || mime.strip_prefix("application/").is_some_and(|rest| of_application.contains(&rest))
            || mime.ends_with("+json")
            || mime.ends_with("+xml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_part_of_a_path_on_one_line() {
        for (given, safe) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            (r"C:\Users\me\a b.txt", "a b.txt"),
            ("a\r\nSet-Cookie: x", "aSet-Cookie: x"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            (".htaccess", "htaccess"),
            ("..", "file"),
            (" \u{200b}", "file"),
            ("", "file"),
            ("日記.txt", "日記.txt"),
        ] {
            assert_eq!(safe_name(Some(given)), safe, "{given:?}");
        }
        assert_eq!(safe_name(None), "file");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        for length in [196, 197, 198, 1_000] {
            let short = safe_name(Some(&format!("{}.tar.gz", "ä".repeat(length))));
            assert!(short.chars().count() <= LONGEST && short.ends_with(".tar.gz"), "{length}: {short}");
        }
    }

    #[test]
    fn a_file_is_what_its_content_shows_whatever_its_sender_says() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        for (head, declared, found) in [
            (&png[..], Some("text/plain"), "image/png"),
            (b"%PDF-1.7", None, "application/pdf"),
            (b"hello", None, "text/plain"),
            (b"hello", Some("text/markdown; charset=utf-8"), "text/markdown"),
            (b"hello", Some("image/png"), "text/plain"),
            (b"{}", Some("application/json"), "application/json"),
            (b"hello", Some("text/x\r\ny"), "text/plain"),
            (b"\0\x01\x02", Some("text/plain"), "application/octet-stream"),
            (b"h\xc3", None, "text/plain"),
            (b"h\xc3\x28", None, "application/octet-stream"),
            (b"", None, "text/plain"),
        ] {
            assert_eq!(media_type(head, declared), found, "{head:?} {declared:?}");
        }
    }
}
