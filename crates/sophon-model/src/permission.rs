//! The catalogue of permissions, and sets of them.
//!
//! A permission is declared once: its name on the wire, the built-in roles that hold it, and a sentence for people.
//! `Admin` holds all of them. Any other role holds a permission only where the declaration lists it, so a new
//! permission is nobody's but `Admin`'s until its line says otherwise.

use serde::{Deserialize, Serialize};

use crate::Role;

macro_rules! permissions {
    ($($name:ident [$($role:ident),*] $sentence:literal,)*) => {
        /// A permission. Stored and sent by its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Permission {
            $(#[doc = $sentence] $name,)*
        }

        impl Permission {
            /// All of them, in catalogue order.
            pub const ALL: &'static [Permission] = &[$(Permission::$name,)*];

            /// The name as clients see it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Permission::$name => stringify!($name),)*
                }
            }

            /// What it allows, in a sentence.
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Permission::$name => $sentence,)*
                }
            }

            /// The built-in roles that hold it, besides `Admin`.
            const fn holders(self) -> &'static [Role] {
                match self {
                    $(Permission::$name => const { &[$(Role::$role,)*] },)*
                }
            }
        }

        #[cfg(feature = "schema")]
        impl utoipa::PartialSchema for Permission {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                crate::schema::of_words(
                    &["A permission, by its name."],
                    &[$((stringify!($name), &[$sentence]),)*],
                )
            }
        }

        #[cfg(feature = "schema")]
        impl utoipa::ToSchema for Permission {}
    };
}

permissions! {
    ManageUsers [] "Create, change and delete users.",
    ManageRoles [] "Create, change and delete roles.",
    ManageTenants [] "Create, change and delete tenants.",
    AssignRoles [] "Give users other roles than they were made with.",
    ViewUsers [Operator, Viewer] "See users.",
    ManageAgents [Operator] "Create, change and delete agents and their files.",
    ManageWorkflows [Operator] "Create, change and delete workflows.",
    ManageSkills [Operator] "Install and remove skills.",
    ManageMemory [Operator] "Write memory.",
    ManageDocuments [Operator] "Upload and delete documents.",
    ManageConnections [Operator] "Connect services.",
    ManageChannels [Operator] "Configure channels.",
    ManageCronJobs [Operator] "Create, change and delete cron jobs.",
    ManageWebhooks [Operator] "Create, change and delete webhooks.",
    ManageNodes [Operator] "Pair, approve and revoke nodes, and send them commands.",
    ManageMcp [Operator] "Configure MCP servers.",
    ManagePrompts [Operator] "Share saved prompts with the tenant; change and delete shared ones.",
    SendMessages [Operator] "Send messages to agents; create, change, fork and delete one's own sessions.",
    ApproveActions [Operator] "Answer approvals.",
    CancelTasks [Operator] "Cancel other people's tasks.",
    ViewActiveTasks [Operator, Viewer] "See tasks.",
    ManageModels [] "Add, change and remove model providers, which are sent what people write and answer with calls of tools.",
    ViewBudgets [Operator, Viewer] "See budgets.",
    ManageBudgets [] "Change budgets.",
    ViewSystem [Operator] "See the detailed health and the metrics of the system.",
    ManageSystem [Operator] "Pause, resume, drain and restart the system.",
    ViewAudit [] "See the audit log.",
    ExportAudit [] "Export the audit log.",
    SendAnnouncements [] "Send an announcement to everybody in the tenant.",
    EndSignIns [] "End sign-ins and other API tokens of one's own, with an API token. A user who has signed in needs no permission for it.",
}

impl Permission {
    /// Those for what all tenants share. They count in the main tenant alone: in another one no role includes them.
    pub const OF_DEPLOYMENT: &'static [Permission] = &[
        Permission::ManageTenants,
        Permission::ManageModels,
        Permission::ViewSystem,
        Permission::ManageSystem,
    ];
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Permissions(BitSet<{ Permission::ALL.len().div_ceil(64) }>);

impl Permissions {
    /// All of the catalogue.
    pub const ALL: Permissions = Permissions::of(Permission::ALL);

    /// Just these.
    pub const fn of(permissions: &[Permission]) -> Self {
        let (mut bits, mut next) = (BitSet::EMPTY, 0);
        while next < permissions.len() {
            bits = bits.with(permissions[next] as usize);
            next += 1;
        }
        Permissions(bits)
    }

    /// All of these but `others`.
    pub const fn without(self, others: &[Permission]) -> Self {
        let (mut bits, mut next) = (self.0, 0);
        while next < others.len() {
            bits = bits.without(others[next] as usize);
            next += 1;
        }
        Permissions(bits)
    }

    /// Those that are in both sets.
    pub fn and(self, others: Self) -> Self {
        self.iter().filter(|permission| others.contain(*permission)).collect()
    }

    /// Whether all of `others` are in the set.
    pub fn cover(self, others: Self) -> bool {
        others.iter().all(|permission| self.contain(permission))
    }

    /// Whether `permission` is in the set.
    pub const fn contain(self, permission: Permission) -> bool {
        self.0.contains(permission as usize)
    }

    /// The permissions of the set, in catalogue order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contain(*permission))
    }

    /// What the catalogue lists for a built-in role.
    pub(crate) fn declared_for(role: &Role) -> Self {
        Permission::ALL.iter().copied().filter(|permission| permission.holders().contains(role)).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Permissions(
            permissions.into_iter().fold(BitSet::EMPTY, |bits, permission| bits.with(permission as usize)),
        )
    }
}

/// A set of the numbers below 64 × `WORDS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct BitSet<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> BitSet<WORDS> {
    const EMPTY: Self = BitSet([0; WORDS]);

    const fn with(mut self, number: usize) -> Self {
        self.0[number / 64] |= 1 << (number % 64);
        self
    }

    const fn without(mut self, number: usize) -> Self {
        self.0[number / 64] &= !(1 << (number % 64));
        self
    }

    const fn contains(&self, number: usize) -> bool {
        self.0[number / 64] & (1 << (number % 64)) != 0
    }
}

impl<const WORDS: usize> Default for BitSet<WORDS> {
    fn default() -> Self {
        BitSet::EMPTY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_of(role: &Role) -> Vec<&'static str> {
        let permissions = role.permissions(|_| Err("not built in")).unwrap();
        permissions.iter().map(Permission::name).collect()
    }

    #[test]
    fn an_admin_holds_every_permission() {
        assert_eq!(names_of(&Role::Admin).len(), Permission::ALL.len());
    }

    #[test]
    fn an_operator_and_a_viewer_hold_what_is_listed_and_nothing_else() {
        let operator = [
            "ViewUsers",
            "ManageAgents",
            "ManageWorkflows",
            "ManageSkills",
            "ManageMemory",
            "ManageDocuments",
            "ManageConnections",
            "ManageChannels",
            "ManageCronJobs",
            "ManageWebhooks",
            "ManageNodes",
            "ManageMcp",
            "ManagePrompts",
            "SendMessages",
            "ApproveActions",
            "CancelTasks",
            "ViewActiveTasks",
            "ViewBudgets",
            "ViewSystem",
            "ManageSystem",
        ];
        assert_eq!(names_of(&Role::Operator), operator);
        assert_eq!(names_of(&Role::Viewer), ["ViewUsers", "ViewActiveTasks", "ViewBudgets"]);
    }

    #[test]
    fn a_set_holds_what_was_put_in_and_not_what_was_taken_out() {
        let set = Permissions::ALL.without(&[Permission::ManageUsers, Permission::SendAnnouncements]);
        assert!(!set.contain(Permission::ManageUsers) && !set.contain(Permission::SendAnnouncements));
        assert!(set.contain(Permission::ManageRoles));
        assert_eq!(set.iter().count(), Permission::ALL.len() - 2);
        assert_eq!(set.iter().collect::<Permissions>(), set);
        assert_eq!(Permissions::default().iter().next(), None);
    }

    #[test]
    fn a_set_of_several_words_keeps_numbers_beyond_64_apart() {
        let set = BitSet::<3>::EMPTY.with(0).with(63).with(64).with(190);
        let held: Vec<_> = (0..192).filter(|number| set.contains(*number)).collect();
        assert_eq!(held, [0, 63, 64, 190]);
        assert_eq!(set.without(64), BitSet::<3>::EMPTY.with(0).with(63).with(190));
    }
}
