"""Python's gql as somebody's script uses it, told what to do in lines of JSON and answering in such lines.

gql_client.py ADDRESS TRANSPORT [TOKEN]: `aiohttp` for requests and WebSockets, or `httpx` with `websockets`. Documents
are checked here against the schema that gql has asked of the server once it was signed in, or at once with a token.
"""

import asyncio
import json
import sys

import aiohttp
import httpx
from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from yarl import URL

PATIENCE_SECONDS = 30


class Aiohttp:
    """Cookies for an address in numbers are `unsafe` to aiohttp, which has no list of public suffixes."""

    def __init__(self, url, headers):
        self.url = url
        self.headers = headers
        self.cookies = aiohttp.CookieJar(unsafe=True)

    def requests(self):
        return AIOHTTPTransport(self.url, headers=self.headers, client_session_args={"cookie_jar": self.cookies})

    def socket(self, url):
        cookies = self.cookies.filter_cookies(URL(self.url)).output(header="", sep=";").strip()
        return AIOHTTPWebsocketsTransport(url, headers={"Cookie": cookies}, init_payload=self.headers)


class Httpx:
    def __init__(self, url, headers):
        self.url = url
        self.headers = headers
        self.cookies = httpx.Cookies()

    def requests(self):
        return HTTPXAsyncTransport(self.url, headers=self.headers, cookies=self.cookies)

    def keep(self, transport):
        self.cookies = httpx.Cookies(transport.client.cookies)

    def socket(self, url):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return WebsocketsTransport(url, headers={"Cookie": cookies}, init_payload=self.headers)


class Person:
    def __init__(self, url, transport, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.web = {"aiohttp": Aiohttp, "httpx": Httpx}[transport](url, headers)
        self.socket_url = url.replace("http", "ws", 1)
        self.client = self.session = self.listener = None
        self.tasks = set()

    async def obey(self, told):
        request = gql(told["document"])
        request.variable_values = told.get("variables") or {}
        if told["do"] == "sign in":
            return await self.sign_in(request)
        if told["do"] == "listen":
            return await self.listen(told["id"], request)
        if self.session is None:
            await self.begin()
        return await self.session.execute(request)

    async def sign_in(self, request):
        stranger = Client(transport=self.web.requests())
        async with stranger as session:
            data = await session.execute(request)
            if isinstance(self.web, Httpx):
                self.web.keep(stranger.transport)
        await self.begin()
        return data

    async def begin(self):
        self.client = Client(transport=self.web.requests(), fetch_schema_from_transport=True)
        self.session = await self.client.connect_async()

    async def listen(self, number, request):
        """Subscribed when the first event is here, which comes at once."""
        self.listener = Client(transport=self.web.socket(self.socket_url), schema=self.client.schema)
        session = await self.listener.connect_async()
        began = asyncio.Event()

        async def hear():
            async for event in session.subscribe(request):
                say({"id": number, "heard": event})
                began.set()

        self.tasks.add(asyncio.create_task(hear()))
        await began.wait()

    async def leave(self):
        for task in self.tasks:
            task.cancel()
        for client in (self.client, self.listener):
            if client:
                await client.close_async()

    def encoding(self):
        headers = getattr(self.client and self.client.transport, "response_headers", None) or {}
        return headers.get("content-encoding", "identity")


def say(said):
    print(json.dumps(said), flush=True)


async def main(url, transport, *token):
    person = Person(url, transport, *token)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        told = json.loads(line)
        try:
            data = await asyncio.wait_for(person.obey(told), PATIENCE_SECONDS)
            say({"id": told["id"], "data": data, "encoding": person.encoding()})
        except Exception as error:  # Whatever it is, the story tells it and fails.
            say({"id": told["id"], "error": f"{type(error).__name__}: {error}"})
    await person.leave()


asyncio.run(main(*sys.argv[1:]))
