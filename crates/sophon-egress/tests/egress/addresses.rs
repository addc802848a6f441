//! Which addresses are dialled. The proof is a listener on loopback that counts who comes.

use crate::support::{Behaviour, Canary, Names, egress, opened};
use sophon_egress::EgressOptions;
use sophon_model::Kind;
use sophon_model::ports::Fetch;

/// URLs that lead to loopback, in every spelling. `PORT` is the canary's.
const LOOPBACK: &[&str] = &[
    "http://127.0.0.1:PORT/",
    "http://127.0.0.1:PORT/?next=http://example.com",
    "http://127.0.0.1:PORT/#@example.com",
    "http://127.0.0.1:PORT\\@example.com/",
    "HTTP://127.0.0.1:PORT/",
    "http:127.0.0.1:PORT/",
    "http:/127.0.0.1:PORT/",
    "http:\\\\127.0.0.1:PORT/",
    "http:///127.0.0.1:PORT/",
    " \thttp://127.0.0.1:PORT/",
    "ht\ntp://127.0.0.1:PORT/",
    "http://2130706433:PORT/",
    "http://0x7f000001:PORT/",
    "http://0x7f.1:PORT/",
    "http://0X7F.0.0.1:PORT/",
    "http://017700000001:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://0177.0.0.0x1:PORT/",
    "http://127.1:PORT/",
    "http://127.0.1:PORT/",
    "http://127.0.0.1.:PORT/",
    "http://127.000.000.001:PORT/",
    "http://%31%32%37.0.0.1:PORT/",
    "http://127。0。0。1:PORT/",
    "http://１２７．０．０．１:PORT/",
    "http://①②⑦.⓪.⓪.①:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[0:0:0:0:0:ffff:7f00:0001]:PORT/",
    "http://loop.test:PORT/",
    "http://LOOP.test:PORT/",
    "http://loop%2etest:PORT/",
    "http://loop。test:PORT/",
    "http://mapped.test:PORT/",
    "http://mixed.test:PORT/",
];

/// URLs that lead to other places where nobody may be sent.
const ELSEWHERE: &[&str] = &[
    "http://127.255.255.254:PORT/",
    "http://0.0.0.0:PORT/",
    "http://0:PORT/",
    "http://0x0:PORT/",
    "http://0.1.2.3:PORT/",
    "http://[::]:PORT/",
    "http://[::1]:PORT/",
    "http://[0:0:0:0:0:0:0:1]:PORT/",
    "http://[::127.0.0.1]:PORT/",
    "http://[::ffff:0.0.0.0]:PORT/",
    "http://[::ffff:0:127.0.0.1]:PORT/",
    "http://10.0.0.1:PORT/",
    "http://10.9.9.9/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://3232235777/",
    "http://0xc0a80101/",
    "http://100.64.0.1/",
    "http://100.100.100.200/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://169.254.43518/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b::127.0.0.1]:PORT/",
    "http://[64:ff9b:1::a00:1]/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "http://[2001:db8::1]/",
    "http://[fc00::1]/",
    "http://[fd00::9]/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[100::1]/",
    "http://168.63.129.16/",
    "http://192.0.0.192/opc/v1/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "https://10.0.0.1/",
    "https://169.254.169.254/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://private.test/",
    "http://ula.test/",
    "http://link-local.test/",
    "http://missing.test/",
];

/// URLs that are none, or none for us.
const NONE: &[&str] = &[
    "",
    "127.0.0.1:PORT",
    "//127.0.0.1:PORT/",
    "http://",
    "http://:PORT/",
    "ftp://127.0.0.1:PORT/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:PORT/_x",
    "data:text/plain,x",
    "javascript:1",
    "ws://127.0.0.1:PORT/",
    "unix:///var/run/docker.sock",
    "http://example.com@127.0.0.1:PORT/",
    "http://user:secret@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT@169.254.169.254/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[example.com]/",
    "http://[::1/",
    "http://256.256.256.256/",
    "http://127.0.0.1.5/",
    "http://0x7g.0.0.1/",
    "http://127.0.0.1:99999/",
    "http://loop .test/",
    "http://lo\u{0}op.test/",
    "http://lo%00op.test/",
    "http://xn--/",
];

fn names() -> Names {
    Names::default()
        .with("loop.test", &[&["127.0.0.1"]])
        .with("mapped.test", &[&["::ffff:127.0.0.1"]])
        .with("mixed.test", &[&["10.9.9.9", "127.0.0.1", "169.254.169.254"]])
        .with("metadata.google.internal", &[&["169.254.169.254"]])
        .with("private.test", &[&["10.9.9.9", "192.168.0.1"]])
        .with("ula.test", &[&["fd00::9"]])
        .with("link-local.test", &[&["fe80::1"]])
}

async fn canary() -> Canary {
    Canary::on("127.0.0.1:0", Behaviour::page("text/plain", "here")).await
}

#[tokio::test]
async fn no_spelling_of_an_address_that_is_not_public_leads_there() {
    let canary = canary().await;
    let door = egress(EgressOptions::default(), names()).for_tools();
    let vectors = [LOOPBACK, ELSEWHERE, NONE].concat();
    assert!(vectors.len() >= 80);
    for vector in vectors {
        let url = vector.replace("PORT", &canary.port.to_string());
        let error = door.get(&url, 1000).await.expect_err(&url);
        assert_eq!(error.kind(), Kind::ValidationFailed, "{url}: {error}");
    }
    assert_eq!(canary.accepted(), 0);
}

#[tokio::test]
async fn the_same_spellings_lead_there_once_the_operator_opens_it() {
    let canary = canary().await;
    let door = egress(opened(&["127.0.0.1/32"]), names()).for_tools();
    for (index, vector) in LOOPBACK.iter().enumerate() {
        let url = vector.replace("PORT", &canary.port.to_string());
        let page = door.get(&url, 1000).await.unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!((page.text.as_str(), canary.accepted()), ("here", index + 1), "{url}");
    }
}

#[tokio::test]
async fn a_name_that_does_not_exist_and_a_private_one_get_the_same_answer() {
    let door = egress(EgressOptions::default(), names()).for_tools();
    let private = door.get("http://private.test/", 1000).await.unwrap_err().to_string();
    let missing = door.get("http://missing.test/", 1000).await.unwrap_err().to_string();
    assert_eq!(private.replace("private", "missing"), missing);
}

#[tokio::test]
async fn a_name_that_changes_its_address_is_judged_by_the_address_that_is_dialled() {
    let canary = canary().await;
    let allowed =
        Canary::on(&format!("127.0.0.2:{}", canary.port), Behaviour::page("text/plain", "there")).await;
    let names = Names::default().with("flip.test", &[&["127.0.0.2"], &["127.0.0.1"]]);
    let door = egress(opened(&["127.0.0.2/32"]), names).for_tools();
    let url = format!("http://flip.test:{}/", canary.port);

    assert_eq!(door.get(&url, 1000).await.unwrap().text, "there");
    let error = door.get(&url, 1000).await.unwrap_err();

    assert_eq!(error.kind(), Kind::ValidationFailed);
    assert_eq!((allowed.accepted(), canary.accepted()), (1, 0));
}

#[tokio::test]
async fn redirects_are_handed_back_and_not_followed() {
    let canary = canary().await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: http://127.0.0.1:{}/\r\n", canary.port);
        let first = Canary::on("127.0.0.2:0", Behaviour::answer(status, &location, "")).await;
        let door = egress(opened(&["127.0.0.0/8"]), Names::default()).for_tools();
        let page = door.get(&format!("http://127.0.0.2:{}/", first.port), 1000).await.unwrap();
        assert_eq!((page.status, canary.accepted()), (status, 0));
    }
}

#[tokio::test]
async fn a_single_place_can_be_opened_without_its_neighbours() {
    let (wiki, other) = (canary().await, canary().await);
    let place = format!("wiki.test:{}", wiki.port).parse().unwrap();
    let options = EgressOptions { allowed_private: vec![place], ..Default::default() };
    let names = Names::default().with("wiki.test", &[&["127.0.0.1"]]).with("other.test", &[&["127.0.0.1"]]);
    let door = egress(options, names).for_tools();

    assert_eq!(door.get(&format!("http://WIKI.test:{}/", wiki.port), 1000).await.unwrap().text, "here");
    for (host, port) in [("wiki.test", other.port), ("other.test", wiki.port), ("127.0.0.1", wiki.port)] {
        door.get(&format!("http://{host}:{port}/"), 1000).await.unwrap_err();
    }
    assert_eq!((wiki.accepted(), other.accepted()), (1, 0));
}

/// Runs another test of this file in a process whose environment names a proxy for everything.
#[tokio::test]
async fn proxy_variables_are_not_read() {
    let proxy = canary().await;
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "addresses::a_single_place_can_be_opened_without_its_neighbours"]);
    for variable in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        again.env(variable, format!("http://127.0.0.1:{}", proxy.port));
    }
    again.env_remove("NO_PROXY").env_remove("no_proxy");
    let run = tokio::task::spawn_blocking(move || again.output().unwrap()).await.unwrap();
    assert!(String::from_utf8_lossy(&run.stdout).contains("1 passed"), "{run:?}");
    assert_eq!(proxy.accepted(), 0);
}
