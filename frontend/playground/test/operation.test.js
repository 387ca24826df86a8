import assert from "node:assert/strict";
import { test } from "node:test";
import { chosen, ids, rootFields, withRequestIds } from "../src/operation.js";

const A = "018f3a52-0000-7000-8000-00000000000a";
const B = "018f3a52-0000-7000-8000-00000000000b";

test("the operation that runs is the named one, or the only one", () => {
  const two = "query Look { viewer { id } } mutation Write { signOut } subscription Watch { sheetEvents(sheetId: 1) { __typename } }";
  assert.equal(chosen("{ viewer { id } }").kind, "query");
  assert.equal(chosen("mutation { signOut }").kind, "mutation");
  assert.equal(chosen("mutation { signOut }", null).kind, "mutation");
  assert.equal(chosen(two, "Look").kind, "query");
  assert.equal(chosen(two, "Write").kind, "mutation");
  assert.equal(chosen(two, "Watch").kind, "subscription");
  // A name of what stood there before.
  assert.deepEqual([chosen("mutation Write { signOut }", "Look").kind, chosen("mutation Write { signOut }", "Look").name], ["mutation", "Write"]);
  assert.equal(chosen("mutation { signOut }", "Look").name, undefined);
});

test("where the server runs nothing, nothing is chosen", () => {
  for (const [query, name] of [["mutation {", undefined], ["", undefined], ["query A { a } query B { b }", undefined], ["query A { a } query B { b }", "C"], ["fragment F on Query { a }", undefined]]) {
    assert.equal(chosen(query, name), undefined, query);
  }
});

test("the fields that write, by way of fragments too", () => {
  const names = (query) => rootFields(chosen(query));
  assert.deepEqual(names("mutation { a: createEntry(x: 1) { __typename } b: createEntry(x: 2) { __typename } signOut }"), ["createEntry", "signOut"]);
  assert.deepEqual(names("mutation { ...F ... on Mutation { signOut } } fragment F on Mutation { deleteEntry(x: 1) { __typename } ...F }"), ["deleteEntry", "signOut"]);
});

test("ids stand in the variables and in the document; those of requests name nothing", () => {
  const query = `mutation ($input: I! = { requestId: "${A}", sheetId: "${B}" }) { a(input: $input, requestId: "${A}") { b(id: "${A.replace("a", "c")}") } }`;
  assert.deepEqual(ids(chosen(query), {}), [B, A.replace("a", "c")]);
  assert.deepEqual(ids(chosen("mutation { a }"), { input: { requestId: A, list: [{ id: B.toUpperCase() }, B], n: 1, x: null } }), [B]);
  assert.deepEqual(ids(chosen("mutation { a }"), undefined), []);
  // A default that is not used, and another operation, name nothing.
  assert.deepEqual(ids(chosen(`mutation ($id: ID = "${A}") { a(id: $id) }`), { id: B }), [B]);
  assert.deepEqual(ids(chosen(`mutation ($id: ID = "${A}") { a(id: $id) }`), {}), [A]);
  assert.deepEqual(ids(chosen(`mutation M { a(id: "${A}") } mutation N { a(id: "${B}") }`, "N"), {}), [B]);
  assert.deepEqual(ids(chosen(`mutation M { ...F } fragment F on Mutation { a(id: "${A}") }`), {}), [A]);
});

test("ids are found in every form that the server reads", () => {
  const forms = [A.replaceAll("-", ""), `{${A}}`, `urn:uuid:${A}`];
  for (const form of forms) assert.deepEqual(ids(chosen("mutation { a }"), { id: form }), [form]);
  for (const none of ["令和8年度", `${A}0`, A.slice(1)]) assert.deepEqual(ids(chosen("mutation { a }"), { id: none }), []);
});

test("a request's id is made where it is asked for, and left where it stands", () => {
  const fresh = () => "new";
  const variables = { input: { requestId: "auto", body: "auto", list: [{ requestId: "auto" }] }, other: { requestId: A }, none: null };
  assert.deepEqual(withRequestIds(variables, fresh), { input: { requestId: "new", body: "auto", list: [{ requestId: "new" }] }, other: { requestId: A }, none: null });
  assert.equal(withRequestIds(undefined), undefined);
  assert.match(withRequestIds({ requestId: "auto" }).requestId, /^[0-9a-f-]{36}$/);
});
