//! The server core with the fixtures the official conformance suite calls by name.
//!
//! Not part of the product: `cargo run -p cairn-server --example conformance -- PORT` and point the suite at it.
//! Invariant: everything that is no fixture is answered by the same code as in the product.

#![expect(
    deprecated,
    reason = "the suite tests what newer revisions dropped, too"
)]

mod prompts;
mod resources;
mod rounds;
mod tools;

use cairn_engine::Settings;
use cairn_server::{
    Diagnostics, Home, HomeError, Host, HostOptions, HttpOptions, HttpTransport, Mcp, ToolSet,
};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult,
    GetPromptRequestParams, GetPromptResponse, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams,
    ReadResourceResponse, Reference, ServerConfig, SetLevelRequestParams, SubscribeRequestParams,
    SubscriptionFilter, Tool, UnsubscribeRequestParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

/// The product's server, and fixtures beside it.
#[derive(Clone)]
struct Fixture {
    inner: Mcp,
}

impl ServerHandler for Fixture {
    fn get_info(&self) -> ServerConfig {
        self.inner.get_info()
    }

    async fn set_level(
        &self,
        request: SetLevelRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.inner.set_level(request, context).await
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut listed = self.inner.list_tools(request, context).await?;
        listed.tools.extend(tools::list());
        Ok(listed)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if request.name.starts_with("test_input_required") {
            return rounds::call(&request, &context);
        }
        if tools::has(&request.name) {
            return tools::call(&request, &context).await;
        }
        self.inner.call_tool(request, context).await
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let fixture = tools::list().into_iter().find(|tool| tool.name == name);
        fixture.or_else(|| self.inner.get_tool(name))
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let mut listed = self.inner.list_prompts(request, context).await?;
        listed.prompts.extend(prompts::list());
        Ok(listed)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        if request.name.starts_with("test_") {
            return prompts::get(&request);
        }
        self.inner.get_prompt(request, context).await
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let mut listed = self.inner.list_resources(request, context).await?;
        listed.resources.extend(resources::list());
        Ok(listed)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let mut listed = self.inner.list_resource_templates(request, context).await?;
        listed.resource_templates.extend(resources::templates());
        Ok(listed)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        match resources::read(&request.uri) {
            Some(result) => Ok(result.into()),
            None => self.inner.read_resource(request, context).await,
        }
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        if matches!(&request.r#ref, Reference::Prompt(prompt) if prompt.name.starts_with("test_")) {
            return Ok(CompleteResult::default());
        }
        self.inner.complete(request, context).await
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        self.inner.on_initialized(context).await;
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if request.uri.starts_with("test://") {
            return Ok(());
        }
        self.inner.subscribe(request, context).await
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.inner.unsubscribe(request, context).await
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        self.inner.accepted_subscription_filter(requested)
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        self.inner.listen(context).await
    }
}

/// A machine with one project and an index in memory.
struct Lab(PathBuf);

impl Home for Lab {
    fn settings(&self) -> Result<Settings, HomeError> {
        Ok(Settings::in_memory("main", self.0.clone()))
    }

    fn changed(&self) -> bool {
        false
    }

    fn add_project(&self, _name: &str, _folder: &Path, _is_default: bool) -> Result<(), HomeError> {
        Err(refused())
    }

    fn remove_project(&self, _name: &str) -> Result<(), HomeError> {
        Err(refused())
    }

    fn now(&self) -> jiff::Zoned {
        jiff::Zoned::now()
    }

    fn diagnostics(&self) -> Diagnostics {
        Diagnostics::default()
    }
}

fn refused() -> HomeError {
    HomeError {
        message: "the projects of a test server are fixed".to_owned(),
        hint: None,
    }
}

#[expect(clippy::print_stderr, reason = "whoever starts it waits for this line")]
fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok());
    let folder = std::env::temp_dir().join(format!("cairn-conformance-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    std::fs::write(
        folder.join("tea.md"),
        "# Tea\n\n- [fact] Green tea is not fermented\n",
    )?;
    let host = Host::new(Lab(folder), HostOptions::default());
    let fixture = Fixture {
        inner: Mcp::new(host, ToolSet::Full),
    };
    let options = HttpOptions {
        host: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: port.unwrap_or(8765),
        path: "/mcp".to_owned(),
        transport: HttpTransport::Streamable,
        token: None,
        allowed_hosts: Vec::new(),
    };
    cairn_server::http(fixture, options, |address| {
        eprintln!("listening on {address}");
    })
}
