//! What a provider, or somebody who plays one, may get wrong.

/// What is wrong with an ID token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// It is another issuer's.
    WrongIssuer,
    /// It is for another client.
    WrongAudience,
    /// It is for another client, too.
    AnotherAudience,
    /// It was made for another client, and is for this one as well.
    WrongParty,
    /// Its time is over.
    Expired,
    /// It was issued in an hour.
    FromTheFuture,
    /// It was issued an hour ago.
    Old,
    /// It has no nonce.
    NoNonce,
    /// It has the nonce of another sign-in.
    WrongNonce,
    /// It is not signed, and says so.
    AlgorithmNone,
    /// It is signed with HS256, and the public key is the secret.
    PublicKeyAsSecret,
    /// It is signed with HS256 and the client's secret.
    SharedSecret,
    /// It is signed with a key that the provider does not publish, under the name of one that it does.
    ForeignKey,
    /// Its claims were changed after it was signed.
    Changed,
    /// There is none.
    NoToken,
}

impl Lie {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::WrongIssuer,
        Self::WrongAudience,
        Self::AnotherAudience,
        Self::WrongParty,
        Self::Expired,
        Self::FromTheFuture,
        Self::Old,
        Self::NoNonce,
        Self::WrongNonce,
        Self::AlgorithmNone,
        Self::PublicKeyAsSecret,
        Self::SharedSecret,
        Self::ForeignKey,
        Self::Changed,
        Self::NoToken,
    ];
}

/// How the provider says how it is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Discovery {
    /// As it is.
    #[default]
    Honest,
    /// It sends elsewhere.
    Redirects,
    /// It says that it is another issuer.
    OtherIssuer,
    /// It names an address that is a script.
    Script,
    /// It names keys and tokens on a machine of the private network.
    PrivateAddresses,
    /// It never ends.
    Endless,
    /// It never begins.
    Silent,
    /// It fails.
    Broken,
}

impl Discovery {
    /// All that are not honest.
    pub const DISHONEST: [Self; 7] = [
        Self::Redirects,
        Self::OtherIssuer,
        Self::Script,
        Self::PrivateAddresses,
        Self::Endless,
        Self::Silent,
        Self::Broken,
    ];
}
