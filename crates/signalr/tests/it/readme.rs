//! The README's program is the example that compiles.

#[test]
fn the_chat_server_of_the_readme_is_the_example() {
    let readme = include_str!("../../README.md");
    let example = include_str!("../../examples/chat.rs");
    assert!(readme.contains(example));
}
