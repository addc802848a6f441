//! `[files]`: where attached files are kept, and how much may be attached.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sophon_core::attachments::Quotas;

use super::{Bounded, Problems};

/// A number of MiB, up to a PiB.
type MiB = Bounded<1, 1_073_741_824>;
/// The size of one file in MiB: what goes into an S3 bucket in 10,000 parts.
type FileMiB = Bounded<1, 40_960>;

/// Attached files: in a folder, or in a bucket of an S3 service. The access key of a bucket comes from the variables
/// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// The folder.
    #[schemars(extend("x-default" = "`files` in the data folder"))]
    pub folder: Option<PathBuf>,
    /// The bucket that files are kept in, in place of the folder.
    #[schemars(extend("x-default" = "none"))]
    pub s3_bucket: Option<String>,
    /// The address of the S3 service, without the bucket. Outbound connections for files lead there and nowhere else.
    #[schemars(extend("x-default" = "the address of AWS in the region"))]
    pub s3_endpoint: Option<String>,
    /// The region of the bucket.
    pub s3_region: String,
    /// The prefix of the names of all objects. Have the bucket abort multipart uploads that are a day old: a gateway that
    /// was killed may leave one.
    pub s3_prefix: String,
    /// The largest file that can be attached.
    #[schemars(extend("x-unit" = "MiB"))]
    pub largest_mib: FileMiB,
    /// The size of all attachments of a user.
    #[schemars(extend("x-unit" = "MiB"))]
    pub user_quota_mib: MiB,
    /// The size of all attachments of a tenant.
    #[schemars(extend("x-unit" = "MiB"))]
    pub tenant_quota_mib: MiB,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            folder: None,
            s3_bucket: None,
            s3_endpoint: None,
            s3_region: "us-east-1".into(),
            s3_prefix: "sophon".into(),
            largest_mib: FileMiB::new(25),
            user_quota_mib: MiB::new(2 * 1024),
            tenant_quota_mib: MiB::new(20 * 1024),
        }
    }
}

impl Files {
    /// Refuses a folder and a bucket together, and an address without a bucket.
    pub(super) fn check(&self, problems: &mut Problems) {
        if self.folder.is_some() && self.s3_bucket.is_some() {
            problems.add("files.folder", "files are kept in files.s3_bucket. Remove one of the two".into());
        }
        if self.s3_endpoint.is_some() && self.s3_bucket.is_none() {
            problems.add("files.s3_endpoint", "it needs files.s3_bucket beside it".into());
        }
    }

    /// How much people may attach.
    pub(crate) fn quotas(&self) -> Quotas {
        Quotas {
            file: self.largest_mib.get() << 20,
            user: self.user_quota_mib.get() << 20,
            tenant: self.tenant_quota_mib.get() << 20,
        }
    }
}
