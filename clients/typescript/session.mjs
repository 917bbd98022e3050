// A scripted session of the TypeScript MCP client with Cairn.
//
// Usage: node session.mjs CAIRN TRANSPORT, where TRANSPORT is stdio, streamable-http or sse.
// Ends with a non-zero exit code at the first thing that is not as it should be.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const FILES = 20000;
const [cairn, transportName] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "cairn-session-"));
const [home, vault, big] = ["home", "vault", "big"].map((name) => join(folder, name));
const env = { ...process.env, CAIRN_HOME: home, HOME: home };

function fail(message) {
  throw new Error(message);
}

function within(milliseconds, what, promise) {
  const late = new Promise((_, reject) =>
    setTimeout(() => reject(new Error(`${what}: not within ${milliseconds} ms`)), milliseconds).unref(),
  );
  return Promise.race([promise, late]);
}

async function transport() {
  if (transportName === "stdio") {
    return { wire: new StdioClientTransport({ command: cairn, args: ["mcp"], env }), end: () => {} };
  }
  const server = spawn(cairn, ["mcp", "--transport", transportName, "--port", "0"], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const lines = createInterface({ input: server.stderr });
  const address = await within(
    10000,
    "listening",
    new Promise((resolve) =>
      lines.on("line", (line) => {
        const found = line.match(/127\.0\.0\.1:\d+/);
        if (found) resolve(found[0]);
      }),
    ),
  );
  const url = new URL(`http://${address}/mcp`);
  const wire = transportName === "sse" ? new SSEClientTransport(url) : new StreamableHTTPClientTransport(url);
  return { wire, end: () => server.kill() };
}

async function expect(client, tool, args, ...parts) {
  const result = await client.callTool({ name: tool, arguments: args });
  const said = result.content[0]?.text ?? "";
  if (result.isError) fail(`${tool} failed: ${said}`);
  for (const part of parts) {
    if (!said.includes(part)) fail(`${tool} ${JSON.stringify(args)} does not say "${part}":\n${said}`);
  }
  return said;
}

async function notes(client) {
  const content =
    "# Tea\n\n## Kinds\n\n- [kind] Oolong is half fermented #tea\n\n## Water\n\nNot boiling.\n\n- brewed_in [[Pot]]\n";
  await expect(client, "write_note", { title: "Tea", content, directory: "drinks" }, "# Created note", "file_path: drinks/Tea.md");
  await expect(client, "read_note", { identifier: "drinks/tea" }, "Oolong is half fermented");
  const edits = [
    ["append", { content: "\nLast line." }],
    ["prepend", { content: "First line.\n" }],
    ["find_replace", { find_text: "Not boiling.", content: "Eighty degrees." }],
    ["replace_section", { section: "## Kinds", content: "- [kind] Sencha is steamed" }],
    ["insert_before_section", { section: "## Water", content: "Before water." }],
    ["insert_after_section", { section: "## Water", content: "After water." }],
  ];
  for (const [operation, args] of edits) {
    await expect(client, "edit_note", { identifier: "Tea", operation, ...args }, `# Edited note (${operation})`);
  }
  const text = await expect(client, "read_note", { identifier: "Tea" });
  const order = ["First line.", "Sencha is steamed", "Before water.", "## Water", "After water.", "Eighty degrees.", "Last line."];
  const places = order.map((part) => text.indexOf(part));
  if (places.includes(-1) || places.some((place, at) => at > 0 && place < places[at - 1])) {
    fail(`six edits left something else than they should:\n${text}`);
  }
  await expect(client, "search_notes", { query: "which tea is steamed?" }, "### Tea");
  const context = JSON.parse(await expect(client, "build_context", { url: "memory://main/drinks/tea" }));
  if (context.metadata.primary_count !== 1) fail(`no context: ${JSON.stringify(context)}`);
  await expect(client, "move_note", { identifier: "Tea", destination_path: "cellar/Tea.md" }, "✅ Note moved successfully");
  await expect(client, "delete_note", { identifier: "cellar/Tea.md" }, "true");
  await expect(client, "read_note", { identifier: "cellar/Tea.md" }, "Note Not Found");
}

async function resources(client) {
  await expect(client, "write_note", { title: "Watched", content: "one", directory: "" });
  const uri = "memory://main/watched";
  const listed = (await client.listResources()).resources.map((resource) => resource.uri);
  if (!listed.includes(uri)) fail(`${uri} is not listed: ${listed}`);
  const told = new Promise((resolve) =>
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, (notification) => {
      if (notification.params.uri === uri) resolve();
    }),
  );
  await client.subscribeResource({ uri });
  appendFileSync(join(vault, "Watched.md"), "\nfrom outside\n");
  await within(10000, "the outside edit", told);
  const content = (await client.readResource({ uri })).contents[0];
  if (!content.text.includes("from outside")) fail("the outside edit is not read");
}

async function cancelled(client) {
  for (let at = 0; at < 100; at += 1) mkdirSync(join(big, `${at}`), { recursive: true });
  for (let at = 0; at < FILES; at += 1) {
    writeFileSync(join(big, `${at % 100}`, `Note ${at}.md`), `# Note ${at}\n\nSome words about number ${at}.\n`.repeat(5));
  }
  const stop = new AbortController();
  let begun = false;
  const call = client.callTool({ name: "create_memory_project", arguments: { project_name: "big", project_path: big } }, undefined, {
    signal: stop.signal,
    onprogress: () => {
      begun = true;
      stop.abort("no longer needed");
    },
  });
  const outcome = await within(20000, "cancelling", call.then(() => "done", () => "cancelled"));
  if (!begun || outcome !== "cancelled") fail(`begun: ${begun}, then ${outcome}`);
  await within(5000, "the next call", expect(client, "search_notes", { query: "from outside" }, "### Watched"));
  const info = JSON.parse((await client.readResource({ uri: "memory://big/info" })).contents[0].text);
  if (info.statistics.total_entities >= FILES) fail("every file was indexed although the call was cancelled");
}

mkdirSync(vault, { recursive: true });
execFileSync(cairn, ["project", "add", "main", vault], { env });
const { wire, end } = await transport();
const client = new Client({ name: "session", version: "1.0.0" });
try {
  await client.connect(wire);
  const { tools } = await client.listTools();
  if (tools.length < 21) fail(`only ${tools.length} tools`);
  await notes(client);
  await resources(client);
  await cancelled(client);
  console.log(`typescript ${transportName}: ok`);
} finally {
  await client.close();
  end();
  rmSync(folder, { recursive: true, force: true });
}
