//! One reader, one event. `cargo run --example news`

use fanout::{Bus, Limits, Start};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bus: Bus<&str, String> = Bus::new(Limits::default(), 0);
    let reader = bus.subscribe();
    reader.follow(&"news", Start::Now);
    bus.publish(&["news"], "hello".to_owned());
    let mut unread = Vec::new();
    reader.next(&mut unread).await?;
    assert_eq!((unread[0].seq(), unread[0].value().as_str()), (1, "hello"));
    Ok(())
}
