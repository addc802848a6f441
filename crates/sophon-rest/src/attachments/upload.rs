//! `POST /api/attachments`.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request, State};
use futures_util::StreamExt;
use sophon_api::Attachment;
use sophon_core::attachments::NewAttachment;
use sophon_model::Error;
use utoipa::ToSchema;

use crate::Api;
use crate::created::Created;
use crate::error::{ApiError, Result};
use crate::extract::{Authorized, media_type, require_identity, unsupported};

/// The form's field that holds the file.
const FIELD: &str = "file";

/// A form with a file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form; the file is read as it comes")]
struct UploadForm {
    /// The file: at most `fileBytes` of `GET /api/attachments/limits`.
    #[schema(value_type = String, example = "%PDF-1.7 …", format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// Upload a file for a message
///
/// The file is the field `file` of a form. It waits 24 hours for a message that is sent with its key. 413
/// `quota_exceeded` says that there is no room left.
#[utoipa::path(
    post, path = "/api/attachments", tag = "Chat + sessions",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Attachment)),
)]
pub(super) async fn upload_attachment(
    State(gateway): Api,
    Authorized(caller): Authorized,
    request: Request,
) -> Result<Created<Attachment>> {
    if media_type(request.headers()).as_deref() != Some("multipart/form-data") {
        return Err(unsupported(
            "Send the file as a form (multipart/form-data), and say so in Content-Type.",
        ));
    }
    require_identity(request.headers())?;
    let upload = gateway.attachments.begin_upload(&caller).await?;
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| {
        Error::invalid(format!(
            "Send the file as the field '{FIELD}' of multipart/form-data ({}).",
            error.body_text()
        ))
    })?;
    let field = form.next_field().await.map_err(|error| ApiError::from(broken(&error)))?;
    let field = field.filter(|field| field.name() == Some(FIELD));
    let field = field.ok_or_else(|| {
        Error::validation(FIELD, format!("The first field of the form is '{FIELD}', which holds the file."))
    })?;
    let new = NewAttachment {
        name: field.file_name().map(ToOwned::to_owned),
        mime: field.content_type().map(ToOwned::to_owned),
    };
    // The field borrows the form, and the core wants a stream that borrows nothing: a piece at a time is handed over.
    let (pieces, content) = tokio::sync::mpsc::channel(1);
    let content = futures_util::stream::unfold(content, async |mut content| {
        content.recv().await.map(|piece| (piece, content))
    });
    let taking = upload.take(new, content.boxed());
    let reading = read(field, pieces);
    let (stored, ()) = tokio::join!(taking, reading);
    let stored = stored?;
    Ok(Created::at(format!("/api/attachments/{}", stored.id), stored.into()))
}

/// Hands over the pieces of the file until they end or nobody takes them.
async fn read(mut field: Field<'_>, pieces: tokio::sync::mpsc::Sender<sophon_model::Result<bytes::Bytes>>) {
    loop {
        let piece = match field.chunk().await {
            Ok(Some(piece)) => Ok(piece),
            Ok(None) => return,
            Err(error) => Err(broken(&error)),
        };
        let is_last = piece.is_err();
        if pieces.send(piece).await.is_err() || is_last {
            return;
        }
    }
}

fn broken(error: &MultipartError) -> Error {
    Error::invalid(format!("The form broke off or is not well-formed: {}.", error.body_text()))
}
