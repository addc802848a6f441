//! What is read, what is refused, and what is written about it.

use std::io::Write;

use super::reference::{Key, Kind, keys};
use super::*;

fn args(text: &str) -> (ServeArgs, tempfile::NamedTempFile) {
    let mut file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    (ServeArgs { config: Some(file.path().to_owned()), ..ServeArgs::default() }, file)
}

fn load_with(text: &str, variables: &[(&str, &str)]) -> Result<Config, Problems> {
    let (args, _file) = args(text);
    let owned = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    Config::from_sources(&args, owned)
}

fn load(text: &str) -> Result<Config, Problems> {
    load_with(text, &[])
}

/// The lines of what is refused.
fn refused(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let problems = load_with(text, variables).expect_err("it is refused").to_string();
    problems.lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn an_empty_file_gives_the_defaults() {
    let config = load("").unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert!(!config.auth.auto_admin);
    config.check().unwrap();
}

#[test]
fn sections_are_read_and_unknown_keys_refused_with_the_nearest_one() {
    let config =
        load("listen = '0.0.0.0:9'\n[hubs]\nbuffer = 7\n[[providers]]\nid = 'a'\ntype = 'openai'").unwrap();
    assert_eq!((config.hubs.buffer.get(), config.providers.len()), (7, 1));
    assert_eq!(refused("lisen = '0.0.0.0:9'", &[]), ["lisen: no key has this name. Did you mean listen?"]);
    assert_eq!(
        refused("[hubs]\nbufer = 7", &[]),
        ["hubs.bufer: no key has this name. Did you mean hubs.buffer?"]
    );
    assert_eq!(refused("[agent]\nworkers = 7", &[]), ["agent: no key has this name. Did you mean agents?"]);
    assert_eq!(
        refused("", &[("SOPHON__HUBS__BUFER", "7")]),
        ["SOPHON__HUBS__BUFER: no key has this name. Did you mean SOPHON__HUBS__BUFFER?"]
    );
    assert_eq!(
        refused("[[providers]]\nid = 'a'\ntype = 'openai'\nbaseurl = 'x'", &[]),
        ["providers[0].baseurl: no key has this name. Did you mean providers[].base_url?"]
    );
    let outside_its_section = ["auto_admin: no key has this name. Did you mean auth.auto_admin?"];
    assert_eq!(refused("auto_admin = true", &[]), outside_its_section);
    let in_another_section = ["hubs.auto_admin: no key has this name. Did you mean auth.auto_admin?"];
    assert_eq!(refused("[hubs]\nauto_admin = true", &[]), in_another_section);
}

#[test]
fn files_are_kept_in_one_place() {
    for (text, problem) in [
        (
            "folder = '/f'\ns3_bucket = 'b'",
            "files.folder: files are kept in files.s3_bucket. Remove one of the two",
        ),
        ("s3_endpoint = 'https://s3.example.com'", "files.s3_endpoint: it needs files.s3_bucket beside it"),
    ] {
        assert_eq!(refused(&format!("[files]\n{text}"), &[]), [problem]);
    }
}

#[test]
fn messages_between_gateways_need_a_database_that_they_share() {
    let nats = "[backplane]\nnats_url = 'nats://127.0.0.1:4222'";
    let text = "backplane.nats_url: several gateways need a PostgreSQL database: set database.url, or remove this key";
    assert_eq!(refused(nats, &[]), [text]);
    load(&format!("[database]\nurl = 'postgres://me@h/db'\n{nats}")).unwrap();
    let alone = "[backplane]\nnats_credentials_file = '/etc/nats.creds'";
    assert_eq!(
        refused(alone, &[]),
        ["backplane.nats_credentials_file: it needs backplane.nats_url beside it"]
    );
}

#[test]
fn what_is_out_of_bounds_is_refused() {
    for (section, wrong) in [
        ("agents", "workers = 0"),
        ("agents", "token_budget = -1"),
        ("agents", "answer_within_seconds = 0"),
        ("agents", "answer_within_seconds = 86401"),
        ("agents", "lease_seconds = 2"),
        ("database", "connections = 0"),
        ("database", "statement_timeout_seconds = 301"),
        ("hubs", "buffer = 0"),
        ("http", "connections = 0"),
        ("rate_limits", "reads = 0"),
        ("retention", "approvals_days = 0"),
        ("retention", "audit_days = 0"),
        ("retention", "discussion_runs_days = 0"),
        ("retention", "node_commands_days = 3651"),
        ("egress", "allowed_private = ['no port']"),
        ("log", "filter = 'a=b=c'"),
    ] {
        let lines = refused(&format!("[{section}]\n{wrong}"), &[]);
        let key = wrong.split(' ').next().unwrap();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with(&format!("{section}.{key}")), "{lines:?}");
    }
}

#[test]
fn what_a_key_must_be_is_said_in_plain_words() {
    let cases = [
        ("listen = 'somewhere'", "listen: must be an address and a port, like 127.0.0.1:8080."),
        ("hubs = 7", "hubs: must be a table, not 7."),
        ("[agents]\nworkers = 0", "agents.workers: must be a whole number from 1 to"),
        ("[agents]\nworkers = 'many'", "agents.workers: must be a whole number from 1 to"),
        ("[auth]\nauto_admin = 'maybe'", "auth.auto_admin: must be true or false, not a string."),
        ("tier = 'Gold'", "tier: must be one of: Personal, Pro, Enterprise. It is \"Gold\"."),
        ("[http]\nallowed_hosts = { a = 1 }", "http.allowed_hosts: must be an array, not a table."),
        ("[[providers]]\ntype = 'openai'", "providers[0].id: is required."),
        ("[[providers]]\nid = 'a'\ntype = 5", "providers[0].type: must be"),
    ];
    for (text, told) in cases {
        let lines = refused(text, &[]);
        assert!(lines[0].starts_with(told), "{lines:?}");
        let rust = ["struct", "enum", "map", "invalid type", "variant", "u64", "expected"];
        assert!(rust.iter().all(|word| !lines[0].contains(word)), "{lines:?}");
    }
}

/// Values of each type, and texts and numbers that few keys take.
const WRONG: [&str; 9] =
    ["-1", "0", "1e99", "99999999999", "true", "'%%'", "[7]", "{ a = 1 }", "1979-05-27T07:32:00Z"];

#[test]
fn no_key_refuses_a_value_in_words_of_rust() {
    let words_of_rust = [
        "struct",
        "enum",
        "invalid type",
        "variant",
        "u32",
        "u64",
        "usize",
        "i64",
        "nonzero",
        "expected",
        "newtype",
    ];
    let mut walked = 0;
    for key in keys() {
        for wrong in WRONG {
            let (text, name) = match key.path.rsplit_once('.') {
                Some(("providers[]", last)) => {
                    let others =
                        ["id = 'a'", "type = 'openai'"].into_iter().filter(|other| !other.starts_with(last));
                    let others: Vec<&str> = others.collect();
                    (format!("[[providers]]\n{}\n{last} = {wrong}", others.join("\n")), last)
                }
                Some(("auth.oidc[]", last)) => {
                    let others = ["id = 'a'", "issuer = 'https://i.example'", "client_id = 'c'"];
                    let others = others.into_iter().filter(|other| !other.starts_with(&format!("{last} ")));
                    let others: Vec<&str> = others.collect();
                    (format!("[[auth.oidc]]\n{}\n{last} = {wrong}", others.join("\n")), last)
                }
                Some((section, last)) => (format!("[{section}]\n{last} = {wrong}"), last),
                None => (format!("{} = {wrong}", key.path), key.path.as_str()),
            };
            let Err(problems) = load(&text) else { continue };
            let told = problems.to_string();
            walked += 1;
            let word = words_of_rust.iter().find(|word| told.contains(*word));
            assert!(word.is_none() && told.contains(name), "{text}: {told}");
        }
    }
    assert!(walked > 200, "{walked} values were refused");
}

#[test]
fn all_problems_are_told_at_once() {
    let text = "
        listen = 'somewhere'
        tier = 'Pro'
        [auth]
        auto_admin = true
        [http]
        trusted_proxies = ['10.0.0.1', 'x', '10.0.0.2', 'y']
        [[providers]]
        id = 'a'
        type = 'openai'
        [[providers]]
        id = 3
        type = 'nobody'
        [[providers]]
        id = 'c'
        type = 'ollama'
        models = 'one'
    ";
    let lines = refused(text, &[("SOPHON__AGENTS__WORKERS", "many"), ("SOPHON__HTTP__ALLOWED_HOSTS", "[")]);
    let mut keys: Vec<&str> = lines.iter().filter_map(|line| line.split(": ").next()).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "SOPHON__HTTP__ALLOWED_HOSTS",
            "agents.workers (set by SOPHON__AGENTS__WORKERS)",
            "auth.auto_admin",
            "auth.auto_admin",
            "http.trusted_proxies[1]",
            "http.trusted_proxies[3]",
            "listen",
            "providers[1].id",
            "providers[1].type",
            "providers[2].models",
        ]
    );
}

#[test]
fn auto_admin_is_refused_off_loopback_behind_a_proxy_and_above_the_personal_tier() {
    for unsafe_config in [
        "listen = '0.0.0.0:8080'\n[auth]\nauto_admin = true",
        "tier = 'Pro'\n[auth]\nauto_admin = true",
        "[auth]\nauto_admin = true\n[http]\nallowed_hosts = ['apps.example.com']",
        "[auth]\nauto_admin = true\n[http]\ntrusted_proxies = ['127.0.0.1']",
    ] {
        assert!(load(unsafe_config).is_err(), "{unsafe_config}");
    }
    load("listen = '[::1]:8080'\n[auth]\nauto_admin = true").unwrap();

    let (mut args, _file) = args("[auth]\nauto_admin = true");
    args.listen = Some("0.0.0.0:8080".parse().unwrap());
    assert!(Config::from_sources(&args, std::iter::empty()).is_err(), "a flag opens the gateway as well");
}

#[test]
fn a_file_that_cannot_be_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let read = |path: PathBuf| {
        let args = ServeArgs { config: Some(path), ..ServeArgs::default() };
        Config::from_sources(&args, std::iter::empty())
    };
    assert!(read(folder.path().join("absent.toml")).is_err(), "it was named");
    // A folder cannot be read as a file, by nobody: root included.
    assert!(read(folder.path().to_owned()).is_err());
    assert!(load("[hubs").unwrap_err().to_string().contains("TOML parse error"));
}

#[test]
fn lists_in_variables_are_json_or_have_commas() {
    for text in ["a.example,b.example", " a.example , b.example,", r#"["a.example", "b.example"]"#] {
        let config = load_with("", &[("SOPHON__HTTP__ALLOWED_HOSTS", text)]).unwrap();
        assert_eq!(config.http.allowed_hosts, ["a.example", "b.example"], "{text}");
    }
    let file = "[http]\nallowed_hosts = ['c.example']";
    let kept = load_with(file, &[("SOPHON__HTTP__ALLOWED_HOSTS", " ")]).unwrap();
    assert_eq!(kept.http.allowed_hosts, ["c.example"], "a blank variable counts as not set");
    let emptied = load_with(file, &[("SOPHON__HTTP__ALLOWED_HOSTS", "[]")]).unwrap();
    assert!(emptied.http.allowed_hosts.is_empty());
    let providers = [("SOPHON__PROVIDERS", r#"[{"id": "a", "type": "ollama"}]"#)];
    assert_eq!(load_with("", &providers).unwrap().providers[0].id, "a");
}

/// A text that a variable may hold for the key, and what `Debug` shows of it once it is read.
fn sample(key: &Key) -> (&'static str, &'static str) {
    match (key.path.as_str(), key.kind) {
        ("listen", _) => ("127.0.0.1:4321", "127.0.0.1:4321"),
        ("tier", _) => ("Enterprise", "Enterprise"),
        ("hubs.session_events", _) => ("user", "User"),
        ("log.format", _) => ("json", "Json"),
        ("log.filter", _) => ("debug", "debug"),
        ("auth.oidc", _) => {
            (r#"[{"id":"walked","issuer":"https://walked.example","client_id":"c"}]"#, "walked.example")
        }
        ("http.public_url", _) => ("https://walked.example", "https://walked.example"),
        ("http.base_path", _) => ("/walked", "/walked"),
        ("http.trusted_proxies", _) => ("10.9.8.7,10.9.8.6", "10.9.8.6"),
        ("egress.allowed_private", _) => ("a.example:4321,b.example:4322", "4322"),
        ("providers", _) => (r#"[{"id":"walked","type":"ollama"}]"#, "walked"),
        (_, Kind::List) => ("first.example,walked.example", "walked.example"),
        (_, Kind::Number) => ("77", "77"),
        (_, Kind::Switch) => ("true", "true"),
        (_, Kind::Text) => ("walked", "walked"),
    }
}

/// What else must be set for the key to be accepted.
fn beside(key: &Key) -> &'static str {
    match key.path.as_str() {
        "files.s3_endpoint" => "files.s3_bucket = 'b'",
        "auth.oidc" => "http.public_url = 'https://h.example'",
        "backplane.nats_url" => "database.url = 'postgres://h/db'",
        path if path.starts_with("backplane.") => {
            "database.url = 'postgres://h/db'\nbackplane.nats_url = 'nats://h'"
        }
        _ => "",
    }
}

#[test]
fn every_key_can_be_set_by_its_variable() {
    let default = format!("{:?}", Config::default());
    let walked: Vec<Key> = keys().into_iter().filter(|key| key.variable.is_some()).collect();
    assert!(walked.len() >= 24, "the walk sees all keys, not {}", walked.len());
    for key in walked {
        let (text, shown) = sample(&key);
        let name = key.variable.clone().unwrap();
        let file = beside(&key);
        let config =
            load_with(file, &[(&name, text)]).unwrap_or_else(|problems| panic!("{name}:\n{problems}"));
        let read = format!("{config:?}");
        assert!(read.contains(shown), "{name}: {read}");
        assert_ne!(read, default, "{name} changes something");
    }
}

#[test]
fn an_identity_provider_is_refused_that_cannot_be_used() {
    let provider = |more: &str| {
        format!("[[auth.oidc]]\nid = 'a'\nissuer = 'https://i.example'\nclient_id = 'c'\n{more}")
    };
    let public = "[http]\npublic_url = 'https://sophon.example.com'\n";
    let config = load(&format!("{public}{}", provider("roles = ['cn=staff,ou=groups = Operator']"))).unwrap();
    let role = &config.auth.oidc[0].roles[0].0;
    assert_eq!((role.group.as_str(), role.role.as_str()), ("cn=staff,ou=groups", "Operator"));
    assert!(!format!("{config:?}").contains("client_secret"));
    for (text, key) in [
        (provider(""), "http.public_url"),
        (format!("{public}{}{}", provider(""), provider("")), "auth.oidc[1].id"),
        (format!("{public}{}", provider("roles = ['staff']")), "auth.oidc[0].roles[0]"),
        (
            format!("{public}{}", provider("client_secret = 's'\nclient_secret_file = '/f'")),
            "auth.oidc[0].client_secret",
        ),
        (format!("{public}{}", provider("").replace("'a'", "'A b'")), "auth.oidc[0].id"),
        ("[http]\npublic_url = 'sophon.example.com'".to_owned(), "http.public_url"),
        ("[http]\npublic_url = 'https://h/?a=b'".to_owned(), "http.public_url"),
    ] {
        let lines = refused(&text, &[]);
        assert!(lines.len() == 1 && lines[0].starts_with(&format!("{key}: ")), "{text}: {lines:?}");
    }
}

#[test]
fn every_key_says_what_it_is() {
    for key in keys() {
        assert!(key.sentence().ends_with('.'), "{} has no sentence", key.path);
        assert!(key.kind != Kind::Number || key.has_unit_and_limits(), "{} has no unit or limits", key.path);
    }
}

#[test]
fn the_committed_reference_and_schema_are_those_of_the_sections() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    for (name, generated) in [("configuration.md", reference()), ("sophon.schema.json", schema_text())] {
        let committed = std::fs::read_to_string(docs.join(name)).unwrap_or_default();
        assert!(committed == generated, "docs/{name} is stale. Run: make generate");
    }
}

#[test]
fn a_base_path_begins_with_a_slash_and_has_none_at_its_end() {
    for path in ["", "/sophon", "/apps/my-sophon_2"] {
        load(&format!("[http]\nbase_path = '{path}'")).unwrap();
    }
    for path in ["/", "/api", "/hubs/x", "sophon", "/sophon/", "//sophon", "/a/../b", "/ä", "/a b"] {
        assert!(load(&format!("[http]\nbase_path = '{path}'")).is_err(), "{path}");
    }
}
