// Cuts a release's WASM in two: what the sheet stands on, and the rest, which is loaded once the page stands.
//
// The functions of the rest are moved behind all others, so that both parts count functions alike and no body is
// changed. In the first part each of them is a stub, which calls the true one through the table; the second part,
// which works in the first one's memory, fills in the table. A stub that is called too early has the rest loaded at
// once (start.js), so that nothing depends on what is in which part.
import { merged, optimized } from "./binaryen.mjs";
import { Reader, Writer, rewrite } from "./slim.mjs";

const [CUSTOM, TYPES, IMPORTS, FUNCTIONS, TABLES, MEMORIES, GLOBALS, EXPORTS] = [0, 1, 2, 3, 4, 5, 6, 7];
const [ELEMENTS, CODE] = [9, 10];
const [FUNCTION, TABLE, MEMORY, GLOBAL] = [0, 1, 2, 3];
const FUNCREF = 0x70;
const [I32, MUTABLE, END] = [0x7f, 1, 0x0b];

/** Where the stubs find what loads the rest, and by which name the first part tells whether it is there. */
export const LOADER = { module: "rest", name: "load" };
const LOADED = "loaded";

/** Cuts a module with names: the rest is what `isRest` says by name, and what nothing else needs. */
export function cut(wasm, isRest) {
  const whole = merged(wasm, loader());
  const names = functionNames(whole);
  const named = (index) => isRest(names.get(index) ?? "");
  const stubs = keepTaken(halves(whole, named).first, new Set());
  const alone = optimized(stubs, ["--remove-unused-module-elements"], { names: true });
  const needed = new Set([...functionNames(alone).values()].map((name) => partOf(name).index));
  const parts = halves(whole, (index) => named(index) || !needed.has(index));
  const rest = optimized(parts.rest, ["-Oz"]);
  return { first: optimized(keepTaken(parts.first, taken(rest)), ["-Oz"]), rest };
}

/** A module of its own, to be merged: it brings the loader's import, and leads to it by an export. */
function loader() {
  const out = new Writer();
  out.raw([0, 97, 115, 109, 1, 0, 0, 0]);
  section(out, TYPES, (out) => out.raw([1, 0x60, 0, 0]));
  section(out, IMPORTS, (out) => {
    out.number(1);
    out.text(LOADER.module);
    out.text(LOADER.name);
    out.raw([FUNCTION, 0]);
  });
  section(out, EXPORTS, (out) => {
    out.number(1);
    out.text(LOADER.name);
    out.raw([FUNCTION, 0]);
  });
  return out.done();
}

/** The functions' names by index, as the name section has them. */
function functionNames(wasm) {
  const names = new Map();
  for (const { id, body } of sections(wasm)) {
    const reader = new Reader(body);
    if (id !== CUSTOM || reader.text() !== "name") continue;
    while (reader.at < body.length) {
      const kind = reader.byte();
      const end = reader.number() + reader.at;
      if (kind === 1) for (let count = reader.number(); count > 0; count -= 1) names.set(reader.number(), reader.text());
      reader.at = end;
    }
  }
  return names;
}

/** Calls every function by where it stood, in whose order wasm-opt can then lay them: those of the rest come last. */
function nameByPart(wasm, isRest) {
  const { imports, functions } = read(wasm);
  const given = functionNames(wasm);
  const names = Array.from({ length: imports + functions.length }, (_, index) => {
    return `${isRest(index) ? 1 : 0}${String(index).padStart(6, "0")} ${given.get(index) ?? ""}`;
  });
  return rewrite(wasm, CUSTOM, (reader, writer) => {
    if (reader.text() !== "name") return writer.raw(reader.bytes);
    const inner = new Writer();
    inner.number(names.length);
    names.forEach((name, index) => {
      inner.number(index);
      inner.text(name);
    });
    writer.text("name");
    writer.raw([1]);
    writer.number(inner.length);
    writer.raw(inner.done());
  });
}

/** Reads such a name. */
function partOf(name) {
  const [, part, index] = /^([01])(\d{6}) /.exec(name) ?? [];
  return { isRest: part === "1", index: Number(index) };
}

/** Both parts, each as it was: `isRest` is asked by index. */
function halves(wasm, isRest) {
  const ordered = optimized(nameByPart(wasm, isRest), ["--reorder-functions-by-name"], { names: true });
  const module = read(ordered);
  const names = functionNames(ordered);
  let first = module.imports + module.functions.length;
  while (first > module.imports && partOf(names.get(first - 1)).isRest) first -= 1;
  return { first: firstPart(ordered, module, first), rest: restPart(module, first) };
}

/** The functions that a rest takes from the first part, by export. */
function taken(rest) {
  const names = new Set();
  const reader = new Reader(sections(rest).find(({ id }) => id === IMPORTS)?.body ?? new Uint8Array([0]));
  for (let count = reader.number(); count > 0; count -= 1) {
    reader.text();
    names.add(reader.text());
    reader.skipDescription();
  }
  return names;
}

/** Leaves only those exports for the rest that it takes; start.js needs the one by name. */
function keepTaken(wasm, names) {
  return rewrite(wasm, EXPORTS, (reader, writer) => {
    const kept = [];
    for (let count = reader.number(); count > 0; count -= 1) {
      const start = reader.at;
      const name = reader.text();
      reader.at += 1;
      reader.number();
      const isForRest = name.startsWith("$") || name === LOADER.name;
      if (!isForRest || names.has(name)) kept.push(reader.bytes.subarray(start, reader.at));
    }
    writer.number(kept.length);
    for (const bytes of kept) writer.raw(bytes);
  });
}

function read(wasm) {
  const bodies = new Map(sections(wasm).map(({ id, body }) => [id, body]));
  const vector = (id, each) => {
    const reader = new Reader(bodies.get(id) ?? new Uint8Array([0]));
    return Array.from({ length: reader.number() }, () => each(reader));
  };
  const values = (reader) => Array.from({ length: reader.number() }, () => reader.byte());
  let imports = 0;
  let loads = -1;
  const importTypes = [];
  vector(IMPORTS, (reader) => {
    const [module, name] = [reader.text(), reader.text()];
    if (reader.bytes[reader.at] !== FUNCTION) throw new Error(`split: ${name} is imported and no function`);
    if (module === LOADER.module && name === LOADER.name) loads = imports;
    reader.at += 1;
    importTypes.push(reader.number());
    imports += 1;
  });
  if (loads < 0) throw new Error("split: nothing loads the rest");
  return {
    bodies,
    imports,
    importTypes,
    loads,
    types: vector(TYPES, (reader) => {
      if (reader.byte() !== 0x60) throw new Error("split: a type that is no function's");
      return { params: values(reader), results: values(reader) };
    }),
    functions: vector(FUNCTIONS, (reader) => reader.number()),
    tables: vector(TABLES, (reader) => {
      const [kind, bounded] = [reader.byte(), reader.byte()];
      return { kind, min: reader.number(), max: bounded & 1 ? reader.number() : undefined };
    }),
    memories: vector(MEMORIES, (reader) => {
      const start = reader.at;
      const bounded = reader.byte();
      reader.number();
      if (bounded & 1) reader.number();
      return reader.bytes.subarray(start, reader.at);
    }),
    globals: vector(GLOBALS, (reader) => {
      const type = [reader.byte(), reader.byte()];
      const start = reader.at;
      skipConstant(reader);
      return { type, value: reader.bytes.subarray(start, reader.at) };
    }),
    code: vector(CODE, (reader) => {
      const start = reader.number() + reader.at;
      const body = reader.bytes.subarray(reader.at, start);
      reader.at = start;
      return body;
    }),
  };
}

function firstPart(wasm, module, first) {
  const { imports, functions, tables, memories, globals, code, loads } = module;
  const slots = slotsOf(module);
  const count = imports + functions.length - first;
  const loaded = globals.length;
  let parts = rewrite(wasm, TABLES, (_, writer) => {
    writer.number(tables.length);
    tables.forEach((table, index) => writeTable(writer, index === slots.table ? grown(table, count) : table));
  });
  parts = rewrite(parts, GLOBALS, (_, writer) => {
    writer.number(globals.length + 1);
    for (const { type, value } of globals) writer.raw([...type, ...value]);
    writer.raw([I32, MUTABLE, 0x41, 0, END]);
  });
  parts = rewrite(parts, EXPORTS, (reader, writer) => {
    const before = reader.number();
    const named = [
      [LOADED, GLOBAL, loaded],
      ...tables.map((_, index) => [`$t${index}`, TABLE, index]),
      ...memories.map((_, index) => [`$m${index}`, MEMORY, index]),
      ...globals.map((_, index) => [`$g${index}`, GLOBAL, index]),
      ...Array.from({ length: first }, (_, index) => [`$f${index.toString(36)}`, FUNCTION, index]),
    ];
    writer.number(before + named.length);
    writer.raw(reader.bytes.subarray(reader.at));
    for (const [name, kind, index] of named) {
      writer.text(name);
      writer.raw([kind]);
      writer.number(index);
    }
  });
  return rewrite(parts, CODE, (_, writer) => {
    writer.number(code.length);
    code.forEach((body, at) => {
      const index = imports + at;
      const now = index < first ? body : stub(module, functions[at], slots, index - first, loaded, loads);
      writer.number(now.length);
      writer.raw(now);
    });
  });
}

/** Loads the rest unless it is there, and calls the true function through the table. */
function stub({ types }, type, slots, at, loaded, loads) {
  const out = new Writer();
  out.raw([0, 0x23]);
  out.number(loaded);
  out.raw([0x45, 0x04, 0x40, 0x10]);
  out.number(loads);
  out.raw([END]);
  types[type].params.forEach((_, index) => {
    out.raw([0x20]);
    out.number(index);
  });
  out.raw([0x41]);
  out.signed(slots.start + at);
  out.raw([0x11]);
  out.number(type);
  out.number(slots.table);
  out.raw([END]);
  return out.done();
}

function restPart(module, first) {
  const { bodies, imports, importTypes, functions, tables, memories, globals, code } = module;
  const slots = slotsOf(module);
  const typeOf = (index) => (index < imports ? importTypes[index] : functions[index - imports]);
  const own = functions.slice(first - imports);
  const out = new Writer();
  out.raw([0, 97, 115, 109, 1, 0, 0, 0]);
  section(out, TYPES, (out) => out.raw(bodies.get(TYPES)));
  section(out, IMPORTS, (out) => {
    const named = (name) => {
      out.text(LOADER.module);
      out.text(name);
    };
    out.number(first + tables.length + memories.length + globals.length);
    for (let index = 0; index < first; index += 1) {
      named(`$f${index.toString(36)}`);
      out.raw([FUNCTION]);
      out.number(typeOf(index));
    }
    tables.forEach((table, index) => {
      named(`$t${index}`);
      out.raw([TABLE]);
      writeTable(out, index === slots.table ? grown(table, own.length) : table);
    });
    memories.forEach((limits, index) => {
      named(`$m${index}`);
      out.raw([MEMORY, ...limits]);
    });
    globals.forEach(({ type }, index) => {
      named(`$g${index}`);
      out.raw([GLOBAL, ...type]);
    });
  });
  section(out, FUNCTIONS, (out) => {
    out.number(own.length);
    for (const type of own) out.number(type);
  });
  section(out, ELEMENTS, (out) => {
    out.raw([1, 2]);
    out.number(slots.table);
    out.raw([0x41]);
    out.signed(slots.start);
    out.raw([END, 0]);
    out.number(own.length);
    own.forEach((_, at) => out.number(first + at));
  });
  section(out, CODE, (out) => {
    out.number(own.length);
    for (const body of code.slice(first - imports)) {
      out.number(body.length);
      out.raw(body);
    }
  });
  return out.done();
}

/** The table of functions, and its first place that nobody has. */
function slotsOf({ tables }) {
  const table = tables.findIndex(({ kind }) => kind === FUNCREF);
  return { table, start: tables[table].min };
}

function grown({ kind, min, max }, by) {
  return { kind, min: min + by, max: max === undefined ? undefined : Math.max(max, min + by) };
}

function writeTable(writer, { kind, min, max }) {
  writer.raw([kind, max === undefined ? 0 : 1]);
  writer.number(min);
  if (max !== undefined) writer.number(max);
}

/** A global's first value: a number, or another global's. */
function skipConstant(reader) {
  const operation = reader.byte();
  if (operation === 0x43) reader.at += 4;
  else if (operation === 0x44) reader.at += 8;
  else if (operation === 0xd0) reader.at += 1;
  else while (reader.byte() > 127);
  if (reader.byte() !== END) throw new Error("split: a global with a value that is computed");
}

function sections(wasm) {
  const reader = new Reader(wasm);
  reader.at = 8;
  const found = [];
  while (reader.at < wasm.length) {
    const id = reader.byte();
    const end = reader.number() + reader.at;
    found.push({ id, body: wasm.subarray(reader.at, end) });
    reader.at = end;
  }
  return found;
}

function section(out, id, write) {
  const inner = new Writer();
  write(inner);
  out.raw([id]);
  out.number(inner.length);
  out.raw(inner.done());
}
