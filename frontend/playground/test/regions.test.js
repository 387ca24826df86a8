import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { buildSchema, getNamedType, isNonNullType, parse, validate } from "graphql";
import { regionsOf, way } from "../src/regions.js";

const sdl = readFileSync(new URL("../../../crates/server/schema.graphql", import.meta.url), "utf8");
const schema = buildSchema(sdl);

test("an entry, a sheet and a region lead to their region", () => {
  const wayOf = (name) => way(schema.getType(name));
  assert.deepEqual(wayOf("Region"), []);
  assert.deepEqual(wayOf("Sheet"), ["region"]);
  assert.deepEqual(wayOf("Entry"), ["region"]);
  assert.deepEqual(wayOf("Thread"), ["region"]);
  assert.deepEqual(wayOf("Comment"), ["thread", "region"]);
  assert.equal(wayOf("Account"), undefined);
});

test("what is asked fits the schema, and each region is named once", async () => {
  const names = await regionsOf(schema, ["1", "2", "3", "4"], async (document, variables) => {
    assert.deepEqual(validate(schema, parse(document)), []);
    assert.deepEqual(variables, { i0: "1", i1: "2", i2: "3", i3: "4" });
    return {
      n0: { __typename: "Entry", w0: { id: "r", name: "本庄市児玉郡" } },
      n1: { __typename: "Sheet", w1: { id: "r", name: "本庄市児玉郡" } },
      n2: null,
      n3: { __typename: "Region", id: "s", name: "秩父" },
    };
  });
  assert.deepEqual(names, ["秩父", "本庄市児玉郡"].sort((a, b) => a.localeCompare(b, "ja")));
});

test("many ids are asked for in as many questions as the server takes", async () => {
  const ids = Array.from({ length: 12 }, (_, index) => `id${index}`);
  const asked = [];
  let waiting = false;
  const names = await regionsOf(schema, ids, async (document, variables) => {
    assert.ok(!waiting, "one after the other");
    waiting = true;
    await null;
    waiting = false;
    const parsed = parse(document);
    assert.deepEqual(validate(schema, parsed), []);
    const { selections } = parsed.definitions.find((one) => one.kind === "OperationDefinition").selectionSet;
    // As its cost is judged by the server.
    if (selections.length > 5) throw new Error("COMPLEXITY_LIMIT");
    asked.push(...Object.values(variables));
    return Object.fromEntries(selections.map(({ alias, arguments: [id] }) => {
      const name = variables[id.value.name.value];
      return [alias.value, { __typename: "Region", id: name, name }];
    }));
  });
  assert.deepEqual(asked, ids);
  assert.deepEqual(names.toSorted(), ids.toSorted());
});

test("what one question cannot tell, nobody tells", async () => {
  const ids = Array.from({ length: 6 }, (_, index) => `id${index}`);
  let left = 1;
  const ask = async () => {
    if (left-- === 0) throw new Error("away");
    return { n0: { __typename: "Region", id: "r", name: "秩父" } };
  };
  await assert.rejects(regionsOf(schema, ids, ask), /away/);
});

test("where more is named than somebody would wait for, nothing is told", async () => {
  const many = Array.from({ length: 101 }, (_, index) => `id${index}`);
  assert.equal(await regionsOf(schema, many, () => assert.fail("asked")), undefined);
});

/** An argument, or the fields of its input and of what that holds: many entries stand in a list. */
function fieldsOf(argument) {
  const fields = getNamedType(argument.type).getFields?.();
  return fields ? Object.values(fields).flatMap(fieldsOf) : [argument];
}

test("whatever writes to a region names something that leads there", () => {
  const lead = ["Region", "Sheet", "Entry", "Thread", "Comment"].map((name) => name.toLowerCase());
  const unnamed = Object.values(schema.getMutationType().getFields()).filter((field) => {
    const inputs = field.args.flatMap(fieldsOf);
    const names = inputs.filter(({ type }) => isNonNullType(type) && getNamedType(type).name === "ID").map(({ name }) => name.replace(/Id$/, "").toLowerCase());
    return !names.some((name) => lead.includes(name) || name === "id");
  });
  // One's own account, session and what one has read belong to no region.
  for (const field of unnamed) assert.match(field.name, /^(sign(In|Out)|change(Password)|readNotices|.*Token)$/);
});

test("without an id nothing is asked, and without a schema nothing can be", async () => {
  const never = () => assert.fail("asked");
  assert.deepEqual(await regionsOf(schema, [], never), []);
  assert.deepEqual(await regionsOf(undefined, [], never), []);
  for (const without of [undefined, null, buildSchema("type Query { a: Int }")]) {
    assert.equal(await regionsOf(without, ["1"], never), undefined);
  }
});
