//! MCP: tools, prompts, resources, completion, for every revision of the protocol.
//!
//! Stateless: whatever a request needs it carries. Invariant: `initialize` is answered without opening anything.

pub(crate) mod arguments;
pub(crate) mod budget;
pub(crate) mod call;
pub(crate) mod completion;
pub(crate) mod declaration;
pub(crate) mod failure;
pub(crate) mod progress;
pub(crate) mod prompts;
pub(crate) mod reply;
pub(crate) mod resources;
pub(crate) mod revisions;
pub(crate) mod subscriptions;
pub(crate) mod tool_schema;
pub(crate) mod tools;

// The tools, each under its own name.
mod basic_memory_diagnostics;
mod build_context;
mod create_memory_project;
mod delete_note;
mod delete_project;
mod diff_note;
mod edit_note;
mod fetch;
mod list_directory;
mod list_memory_projects;
mod list_workspaces;
mod move_note;
mod note_history;
mod read_content;
mod read_note;
mod recent_activity;
mod restore_note;
mod schema_diff;
mod schema_infer;
mod schema_validate;
mod search;
mod search_notes;
mod sync;
mod undo;
mod view_note;
mod write_note;

// What several tools say alike.
mod excerpt;
mod many_files;
mod media_type;
mod moment;
mod next_call;
pub mod schema_json;
mod schema_page;
mod schema_text;
mod written;

use crate::host::Host;
use crate::run::run;
use declaration::{Declaration, Effect, Profile};
#[expect(deprecated, reason = "clients of older revisions still set log levels")]
use rmcp::model::SetLevelRequestParams;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams, CompleteResult,
    ContentBlock, CustomRequest, CustomResult, ErrorCode, GetPromptRequestParams,
    GetPromptResponse, Icon, Implementation, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ProtocolVersion,
    ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig,
    SubscribeRequestParams, SubscriptionFilter, Tool, UnsubscribeRequestParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use std::sync::{Arc, OnceLock};

/// Which tools are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ToolSet {
    /// All of them.
    #[default]
    Full,
    /// What an agent needs every day.
    Core,
    /// Those that change nothing.
    ReadOnly,
}

impl ToolSet {
    /// Whether a tool is in the set.
    pub fn has(self, tool: &Declaration) -> bool {
        match self {
            Self::Full => true,
            Self::Core => tool.profile == Profile::Core,
            Self::ReadOnly => tool.effect == Effect::ReadOnly,
        }
    }
}

/// Returns the tools of a set as `tools/list` names them.
pub fn listed(tools: ToolSet) -> Vec<Tool> {
    tools::TOOLS
        .iter()
        .filter(|tool| tools.has(tool))
        .map(tool_schema::tool)
        .collect()
}

/// The MCP server of a host; one for each connection or request, all of them alike.
pub struct Mcp {
    host: Arc<Host>,
    tools: ToolSet,
    subscriptions: subscriptions::Subscriptions,
}

impl Mcp {
    /// Returns a server that offers these tools.
    pub fn new(host: Arc<Host>, tools: ToolSet) -> Self {
        Self {
            host,
            tools,
            subscriptions: subscriptions::Subscriptions::default(),
        }
    }

    /// Returns the host.
    pub(crate) fn host(&self) -> &Arc<Host> {
        &self.host
    }

    /// Returns the host, which begins to index: `initialize` is answered by now.
    fn begun(&self) -> Arc<Host> {
        self.host.start();
        Arc::clone(&self.host)
    }
}

impl Clone for Mcp {
    /// Returns a server for another connection: nobody is subscribed to anything there.
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.host), self.tools)
    }
}

/// The product's mark, small enough to send with every handshake.
const ICON: &str = include_str!("mcp/icon.txt");

#[expect(
    deprecated,
    reason = "clients of older revisions still subscribe and set log levels this way"
)]
impl ServerHandler for Mcp {
    fn get_info(&self) -> ServerConfig {
        static INFO: OnceLock<ServerConfig> = OnceLock::new();
        INFO.get_or_init(|| {
            let capabilities = ServerCapabilities::builder()
                .enable_tools()
                .enable_prompts()
                .enable_resources()
                .enable_resources_list_changed()
                .enable_resources_subscribe()
                .enable_completions()
                .enable_logging()
                .build();
            let mut server = Implementation::new("cairn", env!("CARGO_PKG_VERSION"));
            server.title = Some("Cairn".to_owned());
            server.description = Some("A memory in plain Markdown files".to_owned());
            let mut icon = Icon::new(ICON.trim());
            icon.mime_type = Some("image/svg+xml".to_owned());
            icon.sizes = Some(vec!["any".to_owned()]);
            server.icons = Some(vec![icon]);
            ServerConfig::new(capabilities)
                .with_server_info(server)
                .with_instructions(include_str!("mcp/text/instructions.md"))
        })
        .clone()
    }

    async fn set_level(
        &self,
        _request: SetLevelRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        // Nothing is logged to the client: revisions since 2026 drop it. Older ones may ask.
        Ok(())
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        self.begun();
        Ok(ListToolsResult::with_all_items(listed(self.tools)))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = tools::tool(&request.name).filter(|tool| self.tools.has(tool)) else {
            let message = format!("Unknown tool: '{}'", request.name);
            return Ok(CallToolResult::error(vec![ContentBlock::text(message)]).into());
        };
        let host = self.begun();
        let client = context.client_info().map(|client| client.name);
        let listening = progress::listen(&context);
        let arguments = request.arguments.unwrap_or_default();
        let work = {
            let (progress, cancel) = (listening.progress(), listening.cancel());
            move || {
                let reply = tools::call(&host, tool, arguments, client, &progress, &cancel);
                if tool.effect != Effect::ReadOnly && !reply.is_error {
                    host.tell_called();
                }
                reply
            }
        };
        let result = match listening.until(run(work)).await {
            Ok(reply) => reply.into_wire(tool),
            Err(panic) => CallToolResult::error(vec![ContentBlock::text(format!(
                "{}: internal failure: {panic}",
                tool.name
            ))]),
        };
        Ok(result.into())
    }

    async fn list_prompts(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(prompts::list()))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let host = self.begun();
        blocking(move || prompts::get(&host, &request))
            .await
            .map(Into::into)
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let host = self.begun();
        let cursor = request.and_then(|request| request.cursor);
        blocking(move || resources::list(&host, cursor.as_deref())).await
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(
            resources::templates(),
        ))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let host = self.begun();
        blocking(move || resources::read(&host, &request.uri))
            .await
            .map(Into::into)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let host = self.begun();
        blocking(move || completion::complete(&host, &request)).await
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        self.subscriptions.follow(&self.begun(), context.peer);
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let (host, subscriptions) = (self.begun(), self.subscriptions.clone());
        subscriptions.follow(&host, context.peer);
        blocking(move || subscriptions.add(&host, &request.uri)).await
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.subscriptions.remove(&request.uri);
        Ok(())
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(self.subscriptions.grant(&self.begun(), requested))
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        // A request whose parameters cannot be read arrives here too.
        let is_stateless = context
            .protocol_version()
            .is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
        let is_known = match request.method.as_str() {
            "tools/call" | "prompts/get" | "resources/read" | "completion/complete" => true,
            "subscriptions/listen" => is_stateless,
            "resources/subscribe" | "resources/unsubscribe" | "logging/setLevel" => !is_stateless,
            _ => false,
        };
        let method = request.method;
        Err(if is_known {
            ErrorData::invalid_params(format!("Invalid parameters of {method}"), None)
        } else {
            ErrorData::new(ErrorCode::METHOD_NOT_FOUND, method, None)
        })
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        self.subscriptions.listen(&self.host, context).await;
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ErrorData> + Send + 'static,
) -> Result<T, ErrorData> {
    run(work)
        .await
        .unwrap_or_else(|panic| Err(ErrorData::internal_error(panic, None)))
}
