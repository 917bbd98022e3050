// Lists and calls every tool with the official inspector's command line.
//
// Usage: node inspect.mjs CAIRN URL. Every listed tool must have arguments below, so that none is left out.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const [cairn, url] = process.argv.slice(2);
const run = promisify(execFile);

// In this order: what one leaves behind, a later one may need.
const CALLS = {
  write_note: { title: "Tea", content: "# Tea\n\n- [kind] Oolong\n", directory: "drinks", overwrite: true },
  read_note: { identifier: "drinks/tea" },
  view_note: { identifier: "drinks/tea" },
  read_content: { path: "drinks/Tea.md" },
  edit_note: { identifier: "drinks/tea", operation: "append", content: "\n- [kind] Sencha\n" },
  search_notes: { query: "oolong" },
  search: { query: "oolong" },
  fetch: { id: "main/drinks/tea" },
  build_context: { url: "memory://main/drinks/tea" },
  recent_activity: { timeframe: "7d" },
  list_directory: { dir_name: "/" },
  move_note: { identifier: "drinks/tea", destination_folder: "cellar" },
  note_history: { identifier: "cellar/Tea.md" },
  diff_note: { identifier: "cellar/Tea.md", words: true },
  delete_note: { identifier: "cellar/Tea.md" },
  restore_note: { identifier: "cellar/Tea.md" },
  undo: {},
  list_memory_projects: {},
  create_memory_project: { project_name: "inspected", project_path: `${process.env.HOME}/inspected` },
  delete_project: { project_name: "inspected" },
  list_workspaces: {},
  schema_validate: {},
  schema_infer: { note_type: "note" },
  schema_diff: { note_type: "note" },
  sync: {},
  basic_memory_diagnostics: {},
};

async function inspector(target, era, args) {
  const all = ["--cli", ...target, "--format", "json", "--protocol-era", era, ...args];
  const { stdout } = await run("mcp-inspector", all, { maxBuffer: 1 << 24 });
  return JSON.parse(stdout);
}

async function inspect(name, target, era) {
  const listed = await inspector(target, era, ["--method", "tools/list", "--strict"]);
  const names = (listed.tools ?? listed.result.tools).map((tool) => tool.name);
  const untried = names.filter((tool) => !(tool in CALLS));
  const missing = Object.keys(CALLS).filter((tool) => !names.includes(tool));
  if (untried.length + missing.length > 0) throw new Error(`not called: ${untried}; not listed: ${missing}`);
  for (const [tool, args] of Object.entries(CALLS)) {
    // Exit code 5 is a tool that answers with an error.
    await inspector(target, era, ["--method", "tools/call", "--tool-name", tool, "--tool-args-json", JSON.stringify(args)]);
  }
  console.log(`${name} ${era}: ${names.length} tools listed and called`);
}

// The inspector hands only a part of its environment on.
await inspect("stdio", ["-e", `CAIRN_HOME=${process.env.CAIRN_HOME}`, cairn, "mcp"], "legacy");
await inspect("http", [url], "modern");
