"""What schemathesis is told beside the schema: how an answer of this server looks, and how often which came."""

import atexit
import collections
import json
import os

import conformance
import schemathesis

MEDIA = ("application/json", "application/graphql-response+json")
STATUSES = {200, 400}
PARTS = {"data", "errors", "extensions"}
ERROR_PARTS = {"message", "locations", "path", "extensions"}

tally = collections.defaultdict(collections.Counter)


@schemathesis.hook
def after_call(context, case, response):
    counts = tally[case.operation.label]
    counts["requests"] += 1
    payload = read(response)
    counts["data"] += bool(payload and payload.get("data"))
    counts["errors"] += bool(payload and payload.get("errors"))
    for error in (payload or {}).get("errors", []):
        counts["because " + error["message"][:80]] += 1


@schemathesis.check
def well_formed(ctx, response, case):
    """JSON in a media type of GraphQL's, shaped as specification, query and schema have it, and nothing about faults."""
    media = "".join(response.headers.get("content-type", [])).split(";")[0]
    payload = read(response)
    assert response.status_code in STATUSES, f"status {response.status_code}"
    assert media in MEDIA, f"media type {media}"
    assert isinstance(payload, dict) and payload.keys() <= PARTS, "the parts of an answer"
    errors = payload.get("errors", [])
    assert errors or payload.get("data"), "neither data nor errors"
    for error in errors:
        assert isinstance(error.get("message"), str) and error["message"], "an error without a message"
        assert error.keys() <= ERROR_PARTS, "the parts of an error"
        assert error.get("extensions", {}).get("code") != "FAULT", error["message"]
    if payload.get("data"):
        assert response.status_code == 200, "data with a status that says there is none"
        schema = case.operation.schema.client_schema
        complaints = conformance.complaints(schema, case.body, payload["data"])
        assert not complaints, "\n".join(complaints[:10])


def read(response):
    try:
        return json.loads(response.content)
    except ValueError:
        return None


@atexit.register
def tell():
    with open(os.environ["FUZZ_TALLY"], "w") as file:
        json.dump(tally, file)
