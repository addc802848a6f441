//! Prints the OpenAPI document, for those who generate types from it without running a gateway.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let document = serde_json::to_vec_pretty(&sophon_rest::openapi())?;
    std::io::stdout().write_all(&document)
}
