"""schemathesis against a server of its own with the sample in it, for a bounded time, signed in.

fuzz.py PROGRAM DATABASE SECONDS SEED: starts `renkei serve --demo` on the database, which must be one to throw away,
and judges: what schemathesis found, whether nine operations of ten have run (a slow machine has few tries for each) and
something was saved, whether the server still answers and stops well, and whether its log holds a fault. Each check is a
line, `ok:` or `FAILED:`.
"""

import http.client
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid

HERE = pathlib.Path(__file__).parent
START_SECONDS = 120
STOP_SECONDS = 30
WHO = {"login": "hub", "password": "renkei-demo"}
SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { __typename } }"
# Takes no arguments, and would end the session that all the others need: it comes last.
SIGN_OUT = "Mutation.signOut"
IDS = """{ viewer { id organization { id } } regions { id organizations { id } items { id } sheets { id fiscalYear seq
    rows { cells { entries { id } } } } } }"""
CHANGES = "{ regions { sheets { changes(first: 20) { edges { node { id } } } } } }"
CHECKS = "response_schema_conformance,well_formed"


class Server:
    """`renkei serve` with all that it says in a file."""

    def __init__(self, program, database, log):
        self.log = log
        arguments = ["serve", "--demo", "--listen", "127.0.0.1:0", "--database", database]
        with log.open("w") as said:
            self.process = subprocess.Popen([program, *arguments], stdout=said, stderr=said, stdin=subprocess.DEVNULL)
        self.url = self.address() + "/graphql"

    def address(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(r"^http://\S+", self.log.read_text(), re.MULTILINE)
            if found:
                return found[0].rstrip("/")
            time.sleep(0.05)
        self.process.kill()
        sys.exit(f"the server does not start:\n{self.log.read_text()}")

    def stop(self):
        """Whether it ended well, asked as a service manager asks."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS) == 0
        except subprocess.TimeoutExpired:
            self.process.kill()
            return False

    def faults(self):
        return [line for line in self.log.read_text(errors="replace").splitlines() if "ERROR" in line or "panic" in line]


def post(url, cookie, query, variables=None):
    """The answer's data, and the cookie that it sets."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"Content-Type": "application/json", "Cookie": cookie}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
        payload = json.load(answer)
        if "errors" in payload:
            raise RuntimeError(payload["errors"])
        return payload["data"], (answer.headers["Set-Cookie"] or "").split(";")[0]


def sign_in(url):
    return post(url, "", SIGN_IN, {"input": WHO})[1]


def sign_out(url, cookie):
    """Whether the session was still there."""
    return post(url, cookie, "mutation { signOut }")[0]["signOut"]


def known(url, cookie, seed):
    """What arguments are drawn from most of the time, so that they lead somewhere: what there is, and bounds."""
    data, _ = post(url, cookie, IDS)
    regions = data["regions"]
    sheets = [sheet for region in regions for sheet in region["sheets"]]
    rows = [row for sheet in sheets for row in sheet["rows"]]
    changes = post(url, cookie, CHANGES)[0]["regions"]
    edges = [edge for region in changes for sheet in region["sheets"] for edge in sheet["changes"]["edges"]]
    ids = {
        "regions": regions,
        "sheets": sheets,
        "items": [item for region in regions for item in region["items"]],
        "organizations": [one for region in regions for one in region["organizations"]],
        "owners": [data["viewer"]["organization"]],
        "entries": [entry for row in rows for cell in row["cells"] for entry in cell["entries"]],
        "changes": [edge["node"] for edge in edges],
    }
    words = {name: [one["id"] for one in ones] for name, ones in ids.items()}
    words = {name: ones for name, ones in words.items() if ones}
    words["nodes"] = [one for ones in words.values() for one in ones[:8]] + [data["viewer"]["id"]]
    made = random.Random(seed)
    words["uuids"] = [str(uuid.UUID(int=made.getrandbits(128), version=4)) for _ in range(5000)]
    words["years"] = sorted({year for sheet in sheets for year in (sheet["fiscalYear"] - 1, sheet["fiscalYear"])})
    words["numbers"] = [-(2**31), -1, 0, 1, 2, 3, 20, 100, 101, 2**31 - 1, max(sheet["seq"] for sheet in sheets)]
    words["pages"] = [0, 1, 2, 3, 20, 50, 100, 101]
    words["versions"] = [0, 1, 1, 1, 2, 3]
    words["cursors"] = [*map(str, words["numbers"]), *words["nodes"]]
    words["depths"] = [0, 0, 0, 1]
    words["good"] = GOOD
    words["texts"] = TEXTS
    return words


TEXTS = [
    *("看取り", "○取組\n*注記\n①一\n・点", "（カ）資料3", "R7/6/16 47件", " ", "　", "x" * 4001, "長" * 2001, "\n" * 60),
    *("a\0b", "\u202e", "\ufeff", "\x1b[0m", "👩‍👩‍👧", "e\u0301", "%", "_", "'", '"', "\\", "'); DROP TABLE entry; --"),
    *("\uffff", "=1+1", "${x}", "<script>", "../../etc/passwd", "null", "9223372036854775808", "-1", "1e999", "NaN"),
]
GOOD = ["看取りについての研修を行う。", "年2回", "参加 延べ47件（R7/6/16）", "資料3のとおり。（カ）"]
ARGUMENTS = {
    "nodes": ["id"],
    "regions": ["regionId"],
    "sheets": ["sheetId", "input.sheetId"],
    "items": ["itemId", "input.itemId"],
    "organizations": ["filter.ownerIds[*]"],
    "owners": ["input.ownerId"],
    "entries": ["input.id", "input.entryId", "input.afterEntryId"],
    "changes": ["input.changeId"],
    "uuids": ["input.requestId", "visitId", "input.visitId", "input.deviceId"],
    "years": ["fiscalYear", "input.fiscalYear"],
    "versions": ["input.version"],
    "depths": ["input.notes[*].depth"],
    "pages": ["first"],
    "numbers": ["afterSeq", "seq"],
    "cursors": ["after"],
    "good": ["input.body", "input.notes[*].text", "input.name"],
}


def settings(words):
    """schemathesis' configuration, as TOML."""
    lines = [f"[dictionaries.{name}]\nvalues = {toml(values)}" for name, values in words.items()]
    lines.append('[generation.dictionaries]\nstring = { dictionary = "texts", probability = 0.3 }\n[parameters]')
    for name, arguments in ARGUMENTS.items():
        if name in words:
            lines += [f'"*.*.{argument}" = {{ dictionary = "{name}", probability = 0.9 }}' for argument in arguments]
    return "\n".join(lines)


def toml(values):
    """JSON's strings are TOML's too, but for characters in two halves."""
    return json.dumps(values, ensure_ascii=False)


def fuzz(url, cookie, seconds, seed, folder):
    """Whether schemathesis found nothing, and what went over the wire."""
    (folder / "schemathesis.toml").write_text(settings(known(url, cookie, seed)))
    tally = folder / "tally.json"
    arguments = [
        *("--config-file", "schemathesis.toml", "run", url),
        *("--header", f"Cookie:{cookie}"),
        *("--checks", CHECKS),
        *("--exclude-name", SIGN_OUT),
        *("--max-time", str(seconds)),
        *("--seed", str(seed)),
        *("--generation-database", "none"),
        *("--continue-on-failure", "--no-color"),
    ]
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "fuzz_hooks",
        "PYTHONPATH": str(HERE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "FUZZ_TALLY": str(tally),
    }
    command = [sys.executable, "-m", "schemathesis.cli", *arguments]
    ended = subprocess.run(command, cwd=folder, env=environment, timeout=seconds * 2 + 120, stdin=subprocess.DEVNULL)
    return ended.returncode == 0, json.loads(tally.read_text()) if tally.exists() else {}


def operations(url, cookie):
    """Every root field that schemathesis can call, as it names them."""
    query = "{ __schema { queryType { name fields { name } } mutationType { name fields { name } } } }"
    schema = post(url, cookie, query)[0]["__schema"]
    kinds = (schema["queryType"], schema["mutationType"])
    return {f"{kind['name']}.{field['name']}" for kind in kinds for field in kind["fields"]} - {SIGN_OUT}


def answers(url):
    try:
        post(url, "", "{ __typename }")
        return True
    except (OSError, http.client.HTTPException, RuntimeError, ValueError):
        return False


def main(program, database, seconds, seed):
    with tempfile.TemporaryDirectory(prefix="renkei-fuzz-") as folder:
        folder = pathlib.Path(folder)
        address = database if database.startswith("postgres") else f"sqlite://{folder / 'fuzz.db'}"
        server = Server(program, address, folder / "server.log")
        try:
            cookie = sign_in(server.url)
            expected = operations(server.url, cookie)
            before = last_change(server.url, cookie)
            found_nothing, tally = fuzz(server.url, cookie, int(seconds), int(seed), folder)
            lives = answers(server.url)
            saved = lives and last_change(server.url, cookie) - before
            stayed = lives and sign_out(server.url, cookie)
        finally:
            stopped = server.stop()
        faults = server.faults()
    return judge(expected, found_nothing, tally, saved, stayed, lives, stopped, faults)


def last_change(url, cookie):
    """How many changes the viewer's region has seen; none for whoever is not signed in any more."""
    regions, _ = post(url, cookie, "{ regions { sheets { seq } } }")
    return regions["regions"][0]["sheets"][0]["seq"] if regions["regions"] else 0


def judge(expected, found_nothing, tally, saved, stayed, lives, stopped, faults):
    total = {what: sum(counts.get(what, 0) for counts in tally.values()) for what in ("requests", "data", "errors")}
    numbers = f"{total['requests']} requests, {total['data']} answers with data, {total['errors']} with errors"
    print(f"\n{numbers}; {saved} changes saved; {len(faults)} faults")
    for line in faults[:20]:
        print(f"  {line}")
    missed = sorted(operation for operation in expected if not tally.get(operation, {}).get("data"))
    for operation in missed:
        print(f"  {operation} has not run: {tally.get(operation)}")
    checks = {
        "schemathesis finds no failure": found_nothing,
        f"{len(expected) - len(missed)} of {len(expected)} operations have run": len(missed) <= len(expected) // 10,
        "what is right is saved": saved > 0,
        "who signed in stayed so to the end": stayed,
        "the server still answers": lives,
        "it stops when asked to": stopped,
        "its log holds no fault": not faults,
    }
    for what, holds in checks.items():
        print(f"{'ok' if holds else 'FAILED'}: {what}")
    return all(checks.values())


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
