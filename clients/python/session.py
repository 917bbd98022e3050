"""A scripted session of the Python MCP client with Cairn.

Usage: session.py CAIRN TRANSPORT ERA, where TRANSPORT is stdio, streamable-http or sse and ERA is legacy or auto.
Ends with a non-zero exit code at the first thing that is not as it should be.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.sse import sse_client

warnings.simplefilter("ignore")

FILES = 20_000


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "CAIRN_HOME": str(home), "HOME": str(home)}


@asynccontextmanager
async def connected(cairn: str, transport: str, home: Path, **options):
    """A client of a server that runs for as long as the block."""
    if transport == "stdio":
        server = StdioServerParameters(command=cairn, args=["mcp"], env=environment(home))
        async with Client(server, **options) as client:
            yield client
        return
    command = [cairn, "mcp", "--transport", transport, "--port", "0"]
    process = subprocess.Popen(command, env=environment(home), stderr=subprocess.PIPE, text=True)
    try:
        address = await anyio.to_thread.run_sync(lambda: listening(process))
        server = f"http://{address}/mcp"
        async with Client(sse_client(server) if transport == "sse" else server, **options) as client:
            yield client
    finally:
        process.terminate()
        process.wait(timeout=5)


def listening(process: subprocess.Popen) -> str:
    for line in process.stderr:
        found = re.search(r"(127\.0\.0\.1:\d+)", line)
        if found:
            return found.group(1)
    raise SystemExit("the server does not say where it listens")


class Session:
    def __init__(self, client: Client):
        self.client = client

    async def text(self, tool: str, **arguments) -> str:
        result = await self.client.call_tool(tool, arguments)
        said = result.content[0].text if result.content else ""
        if result.is_error:
            raise SystemExit(f"{tool} failed: {said}")
        return said

    async def expect(self, tool: str, *parts: str, **arguments) -> str:
        said = await self.text(tool, **arguments)
        for part in parts:
            if part not in said:
                raise SystemExit(f"{tool} {arguments} does not say {part!r}:\n{said}")
        return said


async def notes(session: Session) -> None:
    """Write, read back, edit six ways, search, walk, move, delete."""
    body = "# Tea\n\n## Kinds\n\n- [kind] Oolong is half fermented #tea\n\n## Water\n\nNot boiling.\n\n- brewed_in [[Pot]]\n"
    await session.expect("write_note", "# Created note", "file_path: drinks/Tea.md", title="Tea", content=body, directory="drinks")
    await session.expect("read_note", "Oolong is half fermented", "permalink: main/drinks/tea", identifier="drinks/tea")
    edits = [
        ("append", {"content": "\nLast line."}, "Added"),
        ("prepend", {"content": "First line.\n"}, "beginning of note"),
        ("find_replace", {"find_text": "Not boiling.", "content": "Eighty degrees."}, "Find and replace"),
        ("replace_section", {"section": "## Kinds", "content": "- [kind] Sencha is steamed"}, "Replaced content under section"),
        ("insert_before_section", {"section": "## Water", "content": "Before water."}, "before section"),
        ("insert_after_section", {"section": "## Water", "content": "After water."}, "after section"),
    ]
    for operation, arguments, label in edits:
        await session.expect("edit_note", f"# Edited note ({operation})", label, identifier="Tea", operation=operation, **arguments)
    text = await session.text("read_note", identifier="Tea")
    order = ["First line.", "Sencha is steamed", "Before water.", "## Water", "After water.", "Eighty degrees.", "Last line."]
    places = [text.find(part) for part in order]
    if -1 in places or places != sorted(places) or "Oolong" in text:
        raise SystemExit(f"six edits left something else than they should:\n{text}")
    await session.expect("search_notes", "### Tea", query="which tea is steamed?")
    context = json.loads(await session.text("build_context", url="memory://main/drinks/tea"))
    if context["metadata"]["primary_count"] != 1:
        raise SystemExit(f"no context: {context}")
    await session.expect("move_note", "✅ Note moved successfully", identifier="Tea", destination_path="cellar/Tea.md")
    await session.expect("read_note", "Sencha", identifier="cellar/Tea.md")
    await session.expect("delete_note", "true", identifier="cellar/Tea.md")
    await session.expect("read_note", "Note Not Found", identifier="cellar/Tea.md")


async def resources(session: Session, vault: Path, told: anyio.Event, modern: bool) -> None:
    """List and read a resource; be told when its file is edited by someone else."""
    client = session.client
    await session.text("write_note", title="Watched", content="one", directory="")
    listed = [str(resource.uri) for resource in (await client.list_resources()).resources]
    uri = "memory://main/watched"
    if uri not in listed:
        raise SystemExit(f"{uri} is not listed: {listed}")
    content = (await client.read_resource(uri)).contents[0]
    if "one" not in content.text:
        raise SystemExit(f"{uri} reads {content.text!r}")
    note = vault / "Watched.md"

    def edit() -> None:
        note.write_text(note.read_text() + "\nfrom outside\n")

    with anyio.fail_after(10):
        if modern:
            async with client.listen(resource_subscriptions=[uri]) as events:
                edit()
                async for event in events:
                    if str(getattr(event, "uri", "")) == uri:
                        break
        else:
            await client.subscribe_resource(uri)
            edit()
            await told.wait()
    content = (await client.read_resource(uri, cache_mode="bypass")).contents[0]
    if "from outside" not in content.text:
        raise SystemExit("the outside edit is not read")
    await session.expect("search_notes", "### Watched", query="from outside")


async def cancelled(session: Session, folder: Path) -> None:
    """Cancel a sync once it has begun, and go on using the server."""
    for at in range(FILES):
        (folder / f"{at % 100}").mkdir(parents=True, exist_ok=True)
        (folder / f"{at % 100}" / f"Note {at}.md").write_text(f"# Note {at}\n\nSome words about number {at}.\n" * 5)
    begun = anyio.Event()

    async def progress(done, total, message) -> None:
        begun.set()

    async with anyio.create_task_group() as group:

        async def create() -> None:
            arguments = {"project_name": "big", "project_path": str(folder)}
            await session.client.call_tool("create_memory_project", arguments, progress_callback=progress)
            raise SystemExit("the sync was not cancelled before it was done")

        group.start_soon(create)
        with anyio.fail_after(20):
            await begun.wait()
        group.cancel_scope.cancel()
    with anyio.fail_after(5):
        await session.expect("search_notes", "### Watched", query="from outside")
    info = await session.client.read_resource("memory://big/info", cache_mode="bypass")
    known = json.loads(info.contents[0].text)["statistics"]["total_entities"]
    if known >= FILES:
        raise SystemExit("every file was indexed although the call was cancelled")


async def main(cairn: str, transport: str, era: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home, vault, big = (Path(folder) / name for name in ("home", "vault", "big"))
        vault.mkdir()
        add = [cairn, "project", "add", "main", str(vault)]
        subprocess.run(add, env=environment(home), check=True, capture_output=True)
        told = anyio.Event()

        async def heard(message) -> None:
            if "resources/updated" in repr(message) or "ResourceUpdated" in repr(message):
                told.set()

        options = {"mode": "auto" if era == "auto" else "legacy", "message_handler": heard}
        async with connected(cairn, transport, home, **options) as client:
            session = Session(client)
            modern = client.protocol_version >= "2026-07-28"
            if modern != (era == "auto"):
                raise SystemExit(f"{era} negotiated {client.protocol_version}")
            tools = (await client.list_tools()).tools
            if len(tools) < 21:
                raise SystemExit(f"only {len(tools)} tools")
            await notes(session)
            await resources(session, vault, told, modern)
            await cancelled(session, big)
            print(f"python {transport} {client.protocol_version}: ok")


if __name__ == "__main__":
    anyio.run(main, *sys.argv[1:4])
