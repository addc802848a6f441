//! Attachments, and when their contents may be deleted.

use sophon_model::ports::{Store, Tx};
use sophon_model::{
    AttachmentId, Blob, Digest, MessageId, Result, SessionId, StoredAttachment, TenantId, UserId,
};

use crate::fixtures::{at, move_in, tenant};
use crate::harness::{Place, Rule, at_once, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_content_is_unreferenced_once_nothing_holds_or_names_it),
        rule(a_content_that_is_being_deleted_is_not_held),
        rule(a_content_put_again_was_put_then),
        rule(what_comes_to_be_named_is_not_deleted),
        rule(attachments_go_with_their_session),
        rule(bytes_are_counted_by_tenant_and_user),
    ]
}

pub fn digest(byte: u8) -> Digest {
    Digest::new([byte; 32])
}

/// A content that was put and is held until these times.
pub fn blob(byte: u8, put: i64, held: i64) -> Blob {
    Blob { digest: digest(byte), size: 3, held_until: at(held), is_deleting: false, put_at: at(put) }
}

/// One of user `ann` that was not sent.
pub fn attachment(id: &str, byte: u8) -> StoredAttachment {
    StoredAttachment {
        id: AttachmentId::from(id),
        tenant_id: TenantId::from("home"),
        owner_id: UserId::from("ann"),
        session_id: None,
        message_id: None,
        digest: digest(byte),
        put_at: at(1),
        size: 3,
        mime: "text/plain".into(),
        name: "ő.txt".into(),
        created_at: at(5),
        unsent_since: Some(at(5)),
    }
}

fn put(tx: &mut dyn Tx, attachment: &StoredAttachment) -> Result<()> {
    let blob = Blob { digest: attachment.digest.clone(), ..blob(0, 1, 10) };
    assert_eq!(tx.hold_blob(&blob)?, Some(at(1)));
    tx.insert(attachment)
}

fn unreferenced(store: &dyn Store, now: i64) -> Vec<Digest> {
    let blobs = read(store, move |tx| tx.unreferenced_blobs(at(now), 50));
    blobs.into_iter().map(|blob| blob.digest).collect()
}

fn a_content_is_unreferenced_once_nothing_holds_or_names_it(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        put(tx, &attachment("a", 1))?;
        tx.hold_blob(&blob(2, 1, 10))?;
        // A shorter hold takes nothing from a longer one.
        tx.hold_blob(&blob(2, 1, 5)).map(drop)
    })
    .unwrap();
    assert_eq!(unreferenced(&*store, 9), []);
    assert_eq!(unreferenced(&*store, 10), [digest(2)]);
    assert!(write(&*store, |tx| tx.delete(&AttachmentId::from("a"))).unwrap());
    assert_eq!(unreferenced(&*store, 10).len(), 2);
}

fn a_content_that_is_being_deleted_is_not_held(place: &Place) {
    let store = place.open();
    write(&*store, |tx| tx.hold_blob(&blob(1, 1, 10))).unwrap();
    let begin = |now| write(&*store, move |tx| tx.begin_blob_deletion(&digest(1), at(now))).unwrap();
    assert!(!begin(9), "it is held");
    assert!(begin(10));
    assert_eq!(write(&*store, |tx| tx.hold_blob(&blob(1, 20, 30))).unwrap(), None);
    assert_eq!(unreferenced(&*store, 10), [digest(1)], "an interrupted deletion is found again");
    assert!(begin(10), "and can go on");
}

fn a_content_put_again_was_put_then(place: &Place) {
    let store = place.open();
    write(&*store, |tx| tx.hold_blob(&blob(1, 1, 10))).unwrap();
    write(&*store, |tx| tx.end_blob_deletion(&digest(1))).unwrap();
    let held = write(&*store, |tx| tx.hold_blob(&blob(1, 7, 10))).unwrap();
    assert_eq!(held, Some(at(1)), "what is not being deleted does not go");
    write(&*store, |tx| {
        tx.begin_blob_deletion(&digest(1), at(10))?;
        tx.end_blob_deletion(&digest(1))
    })
    .unwrap();
    assert_eq!(write(&*store, |tx| tx.hold_blob(&blob(1, 20, 30))).unwrap(), Some(at(20)));
}

/// Uploads and the collector at once: in either order, an attachment is never left without its content.
fn what_comes_to_be_named_is_not_deleted(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    for round in 0..20_u8 {
        write(&*store, move |tx| tx.hold_blob(&blob(round, 1, 10))).unwrap();
        let turn = std::sync::atomic::AtomicU8::new(0);
        let outcomes = at_once(4, || {
            let number = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if number.is_multiple_of(2) {
                return write(&*store, move |tx| tx.begin_blob_deletion(&digest(round), at(10)))
                    .unwrap()
                    .then_some("deleted");
            }
            let named = write(&*store, move |tx| {
                if tx.hold_blob(&blob(round, 1, 100))?.is_none() {
                    return Ok(false);
                }
                tx.insert(&attachment(&format!("{round}-{number}"), round)).map(|()| true)
            });
            named.unwrap().then_some("named")
        });
        let has = |what| outcomes.contains(&Some(what));
        assert!(has("deleted") != has("named"), "{round}: {outcomes:?}");
    }
}

fn attachments_go_with_their_session(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let sent = StoredAttachment {
        session_id: Some(SessionId::from("s")),
        message_id: Some(MessageId::from("m")),
        unsent_since: None,
        ..attachment("a", 1)
    };
    write(&*store, {
        let sent = sent.clone();
        move |tx| {
            put(tx, &attachment("a", 1))?;
            tx.update(&sent)
        }
    })
    .unwrap();
    let found = || read(&*store, |tx| tx.get(&AttachmentId::from("a")));
    assert_eq!(found(), Some(sent));
    write(&*store, |tx| tx.delete(&SessionId::from("s"))).unwrap();
    assert_eq!(found(), None);
    assert_eq!(unreferenced(&*store, 10), [digest(1)]);
}

fn bytes_are_counted_by_tenant_and_user(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        tx.insert(&tenant("away"))?;
        put(tx, &attachment("a", 1))?;
        put(tx, &StoredAttachment { owner_id: UserId::from("bob"), size: 5, ..attachment("b", 1) })?;
        put(tx, &StoredAttachment { tenant_id: TenantId::from("away"), size: 7, ..attachment("c", 1) })
    })
    .unwrap();
    let bytes = |of: &'static str, owner: Option<&'static str>| {
        read(&*store, move |tx| tx.attached_bytes(&TenantId::from(of), owner.map(UserId::from).as_ref()))
    };
    assert_eq!((bytes("home", None), bytes("home", Some("bob")), bytes("away", None)), (8, 5, 7));
    assert_eq!(bytes("home", Some("nobody")), 0);
}
