//! Answers that are to be saved as a file.

/// To be saved under this name: in ASCII for old clients, and as RFC 8187 has it.
pub(crate) fn disposition(name: &str) -> String {
    let ascii: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !"\"\\%".contains(c) || c == ' ' { c } else { '_' })
        .collect();
    let encoded: String = name.bytes().map(encode).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

fn encode(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_any_script_stays_in_its_header() {
        assert_eq!(
            disposition("a \"b\"; 日.txt"),
            "attachment; filename=\"a _b_; _.txt\"; filename*=UTF-8''a%20%22b%22%3B%20%E6%97%A5.txt"
        );
    }
}
