//! The second factor of a user, and sign-ins that wait for it.

use serde::{Deserialize, Serialize};

use crate::ports::{Delete, Ends, Entity, Insert, Key, Order, Scoped, Table, Update};
use crate::{SecondFactorId, SignInChallengeId, Timestamp, UserId};

/// A second factor: one-time passwords of an authenticator app (TOTP), and recovery codes. A user has at most one. Its key
/// is a sealed secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// Its id.
    pub id: SecondFactorId,
    /// Whose it is; unique.
    pub user_id: UserId,
    /// When a first code proved that the app has the key. Until then sign-ins do not ask for it.
    pub confirmed_at: Option<Timestamp>,
    /// The step (30 seconds) of the last code that was accepted. No code of it or of an earlier one counts again.
    pub last_step: i64,
    /// SHA-256 of the recovery codes that are left, in hex.
    pub recovery_hashes: Vec<String>,
    /// Wrong codes of the app since the last right one.
    pub wrong_codes: i64,
    /// When the last of them came.
    pub wrong_at: Option<Timestamp>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Entity for SecondFactor {
    const TABLE: &'static Table = &Table::new("second_factors", "second factor")
        .json(&["recovery_hashes"])
        .taken("There is a second factor already.");
}

impl Insert for SecondFactor {}
impl Update for SecondFactor {}
impl Delete for SecondFactor {}

impl Key for SecondFactorId {
    type Of = SecondFactor;
}

impl Scoped for SecondFactor {
    type Scope = UserId;
    const SCOPE: &'static str = "user_id";
}

impl SecondFactor {
    /// Whether sign-ins ask for it.
    pub fn is_on(&self) -> bool {
        self.confirmed_at.is_some()
    }
}

/// A sign-in whose password was right, and that waits for the second factor. Good for one sign-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignInChallenge {
    /// Its id.
    pub id: SignInChallengeId,
    /// Who signs in.
    pub user_id: UserId,
    /// SHA-256 of the secret that the device holds, in hex.
    pub secret_hash: String,
    /// The device as it named itself: no other one redeems it.
    pub user_agent: Option<String>,
    /// The network of the device, as addresses are counted: it is redeemed from no other one.
    pub network: Option<String>,
    /// Wrong codes so far.
    pub wrong_codes: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Entity for SignInChallenge {
    const TABLE: &'static Table = &Table::new("sign_in_challenges", "sign-in")
        .locked()
        .order(Order::newest_first(&["created_at", "id"]));
}

impl Insert for SignInChallenge {}
impl Update for SignInChallenge {}
impl Delete for SignInChallenge {}

impl Key for SignInChallengeId {
    type Of = SignInChallenge;
}

impl Scoped for SignInChallenge {
    type Scope = UserId;
    const SCOPE: &'static str = "user_id";
}

impl Ends for SignInChallenge {
    const ENDED: &'static str = "expires_at";
}
