//! The document before the handlers have said anything: what it is of, and its groups of operations.

use utoipa::openapi::info::License;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::{Tag, TagBuilder};
use utoipa::openapi::{Components, InfoBuilder, OpenApi, OpenApiBuilder, ServerBuilder};
use utoipa::{PartialSchema, ToSchema};

use sophon_api::{ErrorBody, ErrorInfo};

use super::{failures, headers};

const BEARER: &str = "bearer";

/// The groups of operations, each with what it is about.
const GROUPS: [(&str, &str); 13] = [
    ("Admin", "Announcements to everyone in the tenant, and the master keys."),
    ("Agents", "Agents, the files that shape their character, and the tools that they may call."),
    ("Approvals", "Actions and questions of agents that wait for a person's answer."),
    ("Chat + sessions", "Messages to agents, the sessions that hold them, and attachments."),
    ("Discussions", "Panels of agents that speak about a topic in rounds until a judge decides."),
    ("Identity & auth", "Signing in and out, sign-ins on other devices, and API tokens."),
    ("Models", "Models that answer, and whether their providers can be reached."),
    ("Operations", "The queues of durable jobs, and the jobs that failed for good."),
    ("Prompts", "Prompts that people keep under a command to use them again, with variables."),
    ("Public", "Health, version and tools of the gateway, for everyone."),
    ("Sophon Node", "Machines that run commands for agents: pairing, scopes, commands and their results."),
    ("Tasks", "The work that goes on after a request is answered: what runs, what ended, and cancelling it."),
    ("Tenants", "The tenants of the deployment and their users, for those who run it."),
];

pub(crate) fn about() -> OpenApi {
    let mut components = Components::new();
    components.schemas.insert(ErrorBody::name().into(), ErrorBody::schema());
    components.schemas.insert(ErrorInfo::name().into(), ErrorInfo::schema());
    components.responses = failures::components();
    components.headers = headers::components();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token from `POST /api/auth/login`, or an API token (`sk_…`)."))
        .build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    let info = InfoBuilder::new()
        .title("Sophon")
        .version(env!("CARGO_PKG_VERSION"))
        .license(Some(license()))
        .description(Some(
            "Every response bears `X-Sophon-Request-Id`. Errors have the shape of `ErrorBody`. Every request may \
             name its tenant, in the header `X-Sophon-Tenant` or with `/api/tenants/{slug}/…` in front of its path; one \
             that names none acts in the user's home, or with an API token in the tenant that the token was made in.",
        ));
    let here = ServerBuilder::new().url("/").description(Some("The gateway that serves this document."));
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([here.build()]))
        .tags(Some(GROUPS.map(group)))
        .components(Some(components))
        .security(Some([SecurityRequirement::new(BEARER, Vec::<String>::new())]))
        .build()
}

fn group((name, about): (&str, &str)) -> Tag {
    TagBuilder::new().name(name).description(Some(about)).build()
}

fn license() -> License {
    let mut license = License::new(env!("CARGO_PKG_LICENSE"));
    license.identifier = Some(env!("CARGO_PKG_LICENSE").to_owned());
    license
}
