//! Where attached files are kept.

use std::sync::Arc;

use sophon_blobs::{Bucket, BucketBlobs, FolderBlobs};
use sophon_egress::Egress;
use sophon_model::ports::{Blobs, Clock};

use crate::StartError;
use crate::config::{Files, Problems};
use crate::data_folder::{self, DataFolder};
use crate::environment::variable;

/// The place that the operator has chosen. Blocks.
pub(crate) fn open(
    config: &Files,
    data: &DataFolder,
    egress: &Egress,
    clock: &dyn Clock,
) -> Result<Arc<dyn Blobs>, StartError> {
    let folder = config.folder.clone().unwrap_or_else(|| data.path("files"));
    let Some(bucket) = &config.s3_bucket else {
        let blobs = FolderBlobs::open(folder.clone(), clock.now());
        return Ok(Arc::new(blobs.map_err(|error| data_folder::refused(&folder, &error))?));
    };
    let aws = || format!("https://s3.{}.amazonaws.com", config.s3_region);
    let bucket = Bucket {
        endpoint: config.s3_endpoint.clone().unwrap_or_else(aws),
        name: bucket.clone(),
        region: config.s3_region.clone(),
        prefix: config.s3_prefix.clone(),
        access_key_id: required("AWS_ACCESS_KEY_ID")?,
        secret_access_key: required("AWS_SECRET_ACCESS_KEY")?,
    };
    Ok(Arc::new(BucketBlobs::open(bucket, egress, data.path("files").join("incoming"), clock.now())?))
}

fn required(name: &str) -> Result<String, StartError> {
    let missing = || Problems::one(name, "files.s3_bucket is set, so this variable must be, too".into());
    Ok(variable(name).ok_or_else(missing)?)
}
