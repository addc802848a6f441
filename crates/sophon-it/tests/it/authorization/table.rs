//! The table: who may do what. One line an operation of REST, and one a method of a hub.

use sophon_model::Permission::{
    self, ApproveActions, EndSignIns, ExportAudit, ManageAgents, ManageModels, ManageNodes, ManageRoles,
    ManageSystem, ManageTenants, ManageUsers, SendAnnouncements, SendMessages, ViewActiveTasks, ViewAudit,
    ViewSystem, ViewUsers,
};

use Who::{Having, HavingInMain, InPerson, Node, Owner, OwnerHaving, OwnerInPerson, Public, SignedIn};

/// The callers that may do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody, without a credential too.
    Public,
    /// Everybody who signed in. A thing that is named is the tenant's.
    SignedIn,
    /// Holders of the permission. A thing that is named is the tenant's.
    Having(Permission),
    /// Holders of the permission in the main tenant: elsewhere no role includes it. A thing that is named is the
    /// deployment's.
    HavingInMain(Permission),
    /// Everybody who signed in, but not with an API token.
    InPerson,
    /// Whose the thing is.
    Owner,
    /// Whose the thing is, with the permission.
    OwnerHaving(Permission),
    /// Whose the thing is. An API token must have been given the permission by name.
    OwnerInPerson(Permission),
    /// Nodes, for themselves.
    Node,
}

impl Who {
    /// The permission that it takes, if it takes one.
    pub fn permission(self) -> Option<Permission> {
        match self {
            Having(permission) | HavingInMain(permission) | OwnerHaving(permission) => Some(permission),
            Public | SignedIn | InPerson | Owner | OwnerInPerson(_) | Node => None,
        }
    }

    /// Whether colleagues do not learn of the thing either.
    pub fn is_owned(self) -> bool {
        matches!(self, Owner | OwnerHaving(_) | OwnerInPerson(_))
    }
}

/// What is to be called, who may, and with what: `$thing` stands for the id of the caller's own.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// `METHOD /path` as the document has it, or `/hubs/path Method`.
    pub operation: &'static str,
    /// Those allowed.
    pub who: Who,
    /// The thing that the path's `{id}` stands for, or nothing.
    pub thing: &'static str,
    /// The JSON of the body, or of the hub method's argument; empty for none. Good enough to be judged: who may do it
    /// is to be distinguished by it. A string is sent as it is: a form, if its parts are separated by `edge`.
    pub with: &'static str,
}

const fn line(operation: &'static str, who: Who, thing: &'static str, with: &'static str) -> Line {
    Line { operation, who, thing, with }
}

pub const REST: &[Line] = &[
    // Public
    line("GET /api/health", Public, "", ""),
    line("GET /api/ready", Public, "", ""),
    line("GET /api/version", Public, "", ""),
    line("GET /api/tools", Public, "", ""),
    // Identity & auth. What is sent to sign in is no good, which is told without a look at who sends it.
    line("GET /api/bootstrap", SignedIn, "", ""),
    line("GET /api/auth/config", Public, "", ""),
    line("POST /api/auth/login", Public, "", "{}"),
    line("POST /api/auth/login/second-factor", Public, "", "{}"),
    // There is no identity provider.
    line("POST /api/auth/oidc/{provider}/begin", Public, "", ""),
    line("POST /api/auth/oidc/{provider}/finish", Public, "", r#"{"state":"s"}"#),
    line("POST /api/auth/oidc/{provider}/link", InPerson, "", r#"{"linkToken":"t"}"#),
    line("GET /api/auth/oidc/{provider}/sign-out", Public, "", ""),
    line("POST /api/auth/refresh", Public, "", "{}"),
    line("POST /api/auth/logout", SignedIn, "", ""),
    line("GET /api/auth/me", SignedIn, "", ""),
    line("PATCH /api/auth/me", InPerson, "", r#"{"name":"A"}"#),
    line(
        "POST /api/auth/password",
        InPerson,
        "",
        r#"{"currentPassword":"not this one","newPassword":"another one"}"#,
    ),
    line("GET /api/auth/second-factor", SignedIn, "", ""),
    line("POST /api/auth/second-factor", InPerson, "", r#"{"currentPassword":"not this one"}"#),
    line("POST /api/auth/second-factor/confirm", InPerson, "", r#"{"code":"000000"}"#),
    line(
        "POST /api/auth/second-factor/recovery-codes",
        InPerson,
        "",
        r#"{"currentPassword":"not this one","code":"000000"}"#,
    ),
    line(
        "POST /api/auth/second-factor/disable",
        InPerson,
        "",
        r#"{"currentPassword":"not this one","code":"000000"}"#,
    ),
    line("GET /api/auth/sessions", SignedIn, "", ""),
    line("DELETE /api/auth/sessions/{id}", OwnerInPerson(EndSignIns), "signIn", ""),
    line("GET /api/auth/tokens", SignedIn, "", ""),
    line("POST /api/auth/tokens", SignedIn, "", r#"{"name":"t"}"#),
    line("DELETE /api/auth/tokens/{id}", OwnerInPerson(EndSignIns), "apiToken", ""),
    // Agents
    line("GET /api/agents", SignedIn, "", ""),
    line("POST /api/agents", Having(ManageAgents), "", r#"{"name":"A"}"#),
    line("GET /api/agents/{id}", SignedIn, "agent", ""),
    line("PATCH /api/agents/{id}", Having(ManageAgents), "agent", r#"{"name":"A"}"#),
    line("DELETE /api/agents/{id}", Having(ManageAgents), "agent", ""),
    line("GET /api/agents/{id}/soul", SignedIn, "agent", ""),
    line("PUT /api/agents/{id}/soul", Having(ManageAgents), "agent", r#"{"content":"S"}"#),
    line("GET /api/agents/{id}/boot", SignedIn, "agent", ""),
    line("PUT /api/agents/{id}/boot", Having(ManageAgents), "agent", r#"{"content":"B"}"#),
    line("GET /api/agents/{id}/heartbeat", SignedIn, "agent", ""),
    line("PUT /api/agents/{id}/heartbeat", Having(ManageAgents), "agent", r#"{"content":"H"}"#),
    line("GET /api/agents/{id}/tools", SignedIn, "agent", ""),
    line("PUT /api/agents/{id}/tools", Having(ManageAgents), "agent", r#"{"allowlist":[]}"#),
    // Prompts
    line("GET /api/prompts", SignedIn, "", ""),
    line("POST /api/prompts", Having(SendMessages), "", r#"{"command":"c","content":"C"}"#),
    line("GET /api/prompts/{id}", Owner, "prompt", ""),
    line("PATCH /api/prompts/{id}", OwnerHaving(SendMessages), "prompt", r#"{"title":"T"}"#),
    line("DELETE /api/prompts/{id}", OwnerHaving(SendMessages), "prompt", ""),
    // Models
    line("GET /api/models", SignedIn, "", ""),
    line("POST /api/models/check", HavingInMain(ViewSystem), "", ""),
    line("GET /api/models/catalog", SignedIn, "", ""),
    line("GET /api/models/presets", HavingInMain(ManageModels), "", ""),
    line("POST /api/models/local", HavingInMain(ManageModels), "", ""),
    line("GET /api/models/providers", HavingInMain(ManageModels), "", ""),
    line(
        "POST /api/models/providers",
        HavingInMain(ManageModels),
        "",
        r#"{"preset":"custom","baseUrl":"http://127.0.0.1:1/v1","models":[{"id":"m"}]}"#,
    ),
    line(
        "POST /api/models/providers/test",
        HavingInMain(ManageModels),
        "",
        r#"{"preset":"custom","baseUrl":"http://127.0.0.1:1/v1","model":"m"}"#,
    ),
    line("GET /api/models/providers/{id}", HavingInMain(ManageModels), "modelProvider", ""),
    line(
        "PATCH /api/models/providers/{id}",
        HavingInMain(ManageModels),
        "modelProvider",
        r#"{"enabled":false}"#,
    ),
    line("DELETE /api/models/providers/{id}", HavingInMain(ManageModels), "modelProvider", ""),
    line("POST /api/models/providers/{id}/test", HavingInMain(ManageModels), "modelProvider", ""),
    // Chat + sessions
    line(
        "POST /api/chat",
        OwnerHaving(SendMessages),
        "session",
        r#"{"content":"hi","sessionId":"$session"}"#,
    ),
    line(
        "POST /api/attachments",
        Having(SendMessages),
        "",
        r#""--edge\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\na\r\n--edge--\r\n""#,
    ),
    line("GET /api/attachments/limits", SignedIn, "", ""),
    line("GET /api/attachments/{id}", Owner, "attachment", ""),
    line("DELETE /api/attachments/{id}", OwnerHaving(SendMessages), "attachment", ""),
    line("GET /api/sessions", SignedIn, "", ""),
    line("POST /api/sessions", Having(SendMessages), "", "{}"),
    line("GET /api/sessions/{id}", Owner, "session", ""),
    line("PATCH /api/sessions/{id}", OwnerHaving(SendMessages), "session", r#"{"title":"T"}"#),
    line("DELETE /api/sessions/{id}", OwnerHaving(SendMessages), "session", ""),
    line("GET /api/sessions/{id}/marks", Owner, "session", ""),
    line("PATCH /api/sessions/{id}/marks", Owner, "session", r#"{"isPinned":true}"#),
    line("POST /api/sessions/marks", Owner, "session", r#"{"sessionIds":["$session"],"isArchived":true}"#),
    line("POST /api/sessions/delete", OwnerHaving(SendMessages), "session", r#"{"sessionIds":["$session"]}"#),
    line("GET /api/sessions/tags", SignedIn, "", ""),
    line("GET /api/sessions/{id}/messages", Owner, "session", ""),
    line("GET /api/messages/search?q=a", SignedIn, "", ""),
    line("GET /api/sessions/{id}/participants", Owner, "session", ""),
    line(
        "POST /api/sessions/{id}/participants",
        OwnerHaving(SendMessages),
        "session",
        r#"{"userId":"$participant","role":"member"}"#,
    ),
    line("DELETE /api/sessions/{id}/participants/{userId}", OwnerHaving(SendMessages), "session", ""),
    line("POST /api/sessions/{id}/fork", OwnerHaving(SendMessages), "session", "{}"),
    line("POST /api/sessions/{id}/regenerate", OwnerHaving(SendMessages), "session", ""),
    line("GET /api/sessions/{id}/branches", Owner, "session", ""),
    line("GET /api/sessions/{id}/export", Owner, "session", ""),
    line(
        "POST /api/sessions/{id}/messages/{messageId}/edit",
        OwnerHaving(SendMessages),
        "session",
        r#"{"content":"hi"}"#,
    ),
    // Tasks
    line("GET /api/tasks/active", Having(ViewActiveTasks), "", ""),
    line("GET /api/tasks/history", Having(ViewActiveTasks), "", ""),
    line("GET /api/tasks/{id}", Owner, "task", ""),
    line("POST /api/tasks/{id}/cancel", OwnerHaving(SendMessages), "task", ""),
    // Approvals
    line("GET /api/approvals", SignedIn, "", ""),
    line("GET /api/approvals/history", SignedIn, "", ""),
    line("GET /api/approvals/{id}", Owner, "approval", ""),
    line("POST /api/approvals/{id}/approve", Having(ApproveActions), "approval", ""),
    line("POST /api/approvals/{id}/edit", Having(ApproveActions), "approval", r#"{"modifiedParams":{}}"#),
    line("POST /api/approvals/{id}/reject", Having(ApproveActions), "approval", ""),
    line("GET /api/info-requests", SignedIn, "", ""),
    line("GET /api/info-requests/{id}", Owner, "infoRequest", ""),
    line(
        "POST /api/info-requests/{id}/respond",
        OwnerHaving(SendMessages),
        "infoRequest",
        r#"{"response":"red"}"#,
    ),
    line("POST /api/info-requests/{id}/cancel", OwnerHaving(SendMessages), "infoRequest", ""),
    // Sophon Node
    line("GET /api/nodes", Having(ManageNodes), "", ""),
    line("POST /api/nodes", Having(ManageNodes), "", r#"{"displayName":"box","platform":"linux"}"#),
    line("GET /api/nodes/{id}", Having(ManageNodes), "node", ""),
    line("PATCH /api/nodes/{id}", Having(ManageNodes), "node", r#"{"displayName":"box"}"#),
    line("DELETE /api/nodes/{id}", Having(ManageNodes), "node", ""),
    line("POST /api/nodes/{id}/approve", Having(ManageNodes), "node", ""),
    line("POST /api/nodes/{id}/reject", Having(ManageNodes), "node", ""),
    line("POST /api/nodes/{id}/scopes", Having(ManageNodes), "node", r#"{"scopes":[]}"#),
    line("POST /api/nodes/{id}/command", Having(ManageNodes), "node", r#"{"command":"system.info"}"#),
    line("GET /api/nodes/{id}/commands", Having(ManageNodes), "node", ""),
    line("GET /api/nodes/{id}/commands/{commandId}", Having(ManageNodes), "node", ""),
    line("POST /api/nodes/me/pair", Public, "", "{}"),
    line("POST /api/nodes/me/heartbeat", Node, "", "{}"),
    line("GET /api/nodes/me/commands", Node, "", ""),
    line("POST /api/nodes/me/commands/{commandId}/result", Node, "command", r#"{"ok":true}"#),
    // Discussions
    line("GET /api/discussions", SignedIn, "", ""),
    line(
        "POST /api/discussions",
        Having(SendMessages),
        "",
        r#"{"topic":"T","panelists":[{"name":"a","persona":"A"},{"name":"b","persona":"B"}]}"#,
    ),
    line("GET /api/discussions/{id}", Owner, "discussion", ""),
    line("PATCH /api/discussions/{id}", OwnerHaving(SendMessages), "discussion", r#"{"topic":"T"}"#),
    line("DELETE /api/discussions/{id}", OwnerHaving(SendMessages), "discussion", ""),
    line("GET /api/discussions/{id}/runs", Owner, "discussion", ""),
    line("POST /api/discussions/{id}/runs", OwnerHaving(SendMessages), "discussion", ""),
    line("GET /api/discussions/runs/{id}", Owner, "run", ""),
    line("POST /api/discussions/runs/{id}/cancel", OwnerHaving(SendMessages), "run", ""),
    // Admin
    line("POST /api/admin/announcements", Having(SendAnnouncements), "", r#"{"title":"T","body":"B"}"#),
    line("GET /api/admin/audit", Having(ViewAudit), "", ""),
    line("GET /api/admin/audit/export", Having(ExportAudit), "", ""),
    line("GET /api/admin/secrets", HavingInMain(ViewSystem), "", ""),
    line("POST /api/admin/secrets/rotate", HavingInMain(ManageSystem), "", ""),
    line("GET /api/admin/users", Having(ViewUsers), "", ""),
    line(
        "POST /api/admin/users",
        Having(ManageUsers),
        "",
        r#"{"email":"new@example.org","name":"N","role":"$role"}"#,
    ),
    line("GET /api/admin/users/{id}", Having(ViewUsers), "user", ""),
    line("PATCH /api/admin/users/{id}", Having(ManageUsers), "user", r#"{"name":"N"}"#),
    line("DELETE /api/admin/users/{id}", Having(ManageUsers), "user", ""),
    line("POST /api/admin/users/{id}/password", Having(ManageUsers), "user", ""),
    line("DELETE /api/admin/users/{id}/second-factor", Having(ManageUsers), "user", ""),
    line("POST /api/admin/users/{id}/logout", Having(ManageUsers), "user", ""),
    line("GET /api/admin/roles", Having(ViewUsers), "", ""),
    line("POST /api/admin/roles", Having(ManageRoles), "", r#"{"name":"New","permissions":[]}"#),
    line("GET /api/admin/roles/{id}", Having(ViewUsers), "role", ""),
    line("PATCH /api/admin/roles/{id}", Having(ManageRoles), "role", r#"{"permissions":[]}"#),
    line("DELETE /api/admin/roles/{id}", Having(ManageRoles), "unusedRole", ""),
    // Operations
    line("GET /api/admin/tenants", HavingInMain(ManageTenants), "", ""),
    line(
        "POST /api/admin/tenants",
        HavingInMain(ManageTenants),
        "",
        r#"{"name":"T","slug":"of-$slug","administrator":{"userId":"$user"}}"#,
    ),
    line("GET /api/admin/tenants/{id}", HavingInMain(ManageTenants), "tenant", ""),
    line("PATCH /api/admin/tenants/{id}", HavingInMain(ManageTenants), "tenant", r#"{"name":"T"}"#),
    line("DELETE /api/admin/tenants/{id}", HavingInMain(ManageTenants), "tenant", ""),
    line("GET /api/admin/tenants/{id}/users", HavingInMain(ManageTenants), "tenant", ""),
    line(
        "POST /api/admin/tenants/{id}/users",
        HavingInMain(ManageTenants),
        "tenant",
        r#"{"userId":"$user","role":"Viewer"}"#,
    ),
    line("GET /api/admin/tenants/{id}/users/{userId}", HavingInMain(ManageTenants), "tenant", ""),
    line(
        "PATCH /api/admin/tenants/{id}/users/{userId}",
        HavingInMain(ManageTenants),
        "tenant",
        r#"{"role":"Operator"}"#,
    ),
    line("DELETE /api/admin/tenants/{id}/users/{userId}", HavingInMain(ManageTenants), "tenant", ""),
    line("GET /api/ops/gateways", HavingInMain(ViewSystem), "", ""),
    line("GET /api/ops/jobs", HavingInMain(ViewSystem), "", ""),
    line("GET /api/ops/jobs/dead", HavingInMain(ViewSystem), "", ""),
    line("POST /api/ops/jobs/{id}/retry", HavingInMain(ManageSystem), "job", ""),
    line("DELETE /api/ops/jobs/{id}", HavingInMain(ManageSystem), "job", ""),
];

pub const HUBS: &[Line] = &[
    line(
        "/hubs/chat SendMessage",
        OwnerHaving(SendMessages),
        "session",
        r#"{"content":"hi","sessionId":"$session"}"#,
    ),
    line("/hubs/chat CancelTask", OwnerHaving(SendMessages), "task", r#"{"taskId":"$task"}"#),
    line("/hubs/chat JoinSession", Owner, "session", r#"{"sessionId":"$session"}"#),
    // To leave what one was never in changes nothing, and tells nothing of whether it exists.
    line("/hubs/chat LeaveSession", SignedIn, "", r#"{"sessionId":"$session"}"#),
    line("/hubs/tasks Watch", Having(ViewActiveTasks), "", "null"),
    line("/hubs/tasks Unwatch", SignedIn, "", "null"),
    line("/hubs/approvals Approve", Having(ApproveActions), "approval", r#"{"approvalId":"$approval"}"#),
    line("/hubs/approvals Reject", Having(ApproveActions), "approval", r#"{"approvalId":"$approval"}"#),
    line(
        "/hubs/approvals Edit",
        Having(ApproveActions),
        "approval",
        r#"{"approvalId":"$approval","modifiedParams":{}}"#,
    ),
    line(
        "/hubs/approvals RespondInfo",
        OwnerHaving(SendMessages),
        "infoRequest",
        r#"{"infoId":"$infoRequest","response":"red"}"#,
    ),
    line("/hubs/notifications Subscribe", Having(ManageNodes), "node", r#"{"nodeId":"$node"}"#),
    line("/hubs/notifications Unsubscribe", SignedIn, "", r#"{"nodeId":"$node"}"#),
    line("/hubs/discussion Subscribe", Owner, "run", r#"{"runId":"$run"}"#),
    line("/hubs/discussion Unsubscribe", SignedIn, "", r#"{"runId":"$run"}"#),
    line("/hubs/discussion CancelRun", OwnerHaving(SendMessages), "run", r#"{"runId":"$run"}"#),
    line("/hubs/node Heartbeat", Node, "", r#"{"status":"online","uptime":1}"#),
    line("/hubs/node CommandResult", Node, "command", r#"{"commandId":"$command","ok":true}"#),
    line("/hubs/node ScopeChanged", Node, "", r#"{"scopes":[]}"#),
];
