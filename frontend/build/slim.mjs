// What can be taken from a release's WASM and its glue without either being compiled anew.
//
// wasm-bindgen writes for people who debug: names with hashes in them, comments, layout. Names that both files share
// are shortened in both; what the client never uses goes.

/** What server functions would stream with: Leptos brings it along, and this client has none. */
const UNUSED = /^_*(wbg_)?intounderlying/;

const IMPORTS = 2;
const EXPORTS = 7;

/** Leaves out exports that nobody calls; wasm-opt then drops what only they needed. */
export function dropExports(wasm) {
  return rewrite(wasm, EXPORTS, (reader, writer) => {
    const kept = [];
    for (let count = reader.number(); count > 0; count -= 1) {
      const start = reader.at;
      const name = reader.text();
      reader.at += 1;
      reader.number();
      if (!UNUSED.test(name)) kept.push(reader.bytes.subarray(start, reader.at));
    }
    writer.number(kept.length);
    for (const bytes of kept) writer.raw(bytes);
  });
}

/** Shortens the names under which the glue gives the browser's functions to the WASM; those not taken go. */
export function shortenImports(wasm, glue) {
  const short = new Map();
  const shortened = rewrite(wasm, IMPORTS, (reader, writer) => {
    const count = reader.number();
    writer.number(count);
    for (let index = 0; index < count; index += 1) {
      writer.text(reader.text());
      const name = reader.text();
      short.set(name, `_${index.toString(36)}`);
      writer.text(short.get(name));
      const start = reader.at;
      reader.skipDescription();
      writer.raw(reader.bytes.subarray(start, reader.at));
    }
  });
  const found = new Set();
  // One import is one entry of the glue's object, indented by eight.
  const entry = /^ {8}(__w\w+)(: function[\s\S]*?\n {8}\}(?:, arguments\); \})?,\n)/gm;
  const written = glue.replace(entry, (_, name, rest) => {
    found.add(name);
    return short.has(name) ? `${short.get(name)}${rest}` : "";
  });
  const missing = [...short.keys()].filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`slim: the glue has no ${missing[0]}`);
  return { wasm: shortened, glue: written };
}

/** The glue without the classes that nobody uses, without comments and layout. */
export function slimGlue(glue) {
  return glue
    .replace(/^export class IntoUnderlying\w+ \{\n[\s\S]*?^\}\n(if \(Symbol\.dispose\)[^\n]*\n)?/gm, "")
    .replace(/^const IntoUnderlying\w+Finalization =[\s\S]*?;\n/gm, "")
    .replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, "")
    .replace(/^\s*\/\/.*\n/gm, "")
    .replace(/^[ \t]+/gm, "")
    .replace(/\n{2,}/g, "\n");
}

/** A module with one section written anew. */
export function rewrite(wasm, section, write) {
  const reader = new Reader(wasm);
  const out = new Writer();
  reader.at = 8;
  out.raw(wasm.subarray(0, 8));
  while (reader.at < wasm.length) {
    const start = reader.at;
    const id = reader.byte();
    const length = reader.number();
    const body = wasm.subarray(reader.at, reader.at + length);
    reader.at += length;
    if (id !== section) {
      out.raw(wasm.subarray(start, reader.at));
      continue;
    }
    const inner = new Writer();
    write(new Reader(body), inner);
    out.raw([id]);
    out.number(inner.length);
    out.raw(inner.done());
  }
  return out.done();
}

export class Reader {
  at = 0;

  constructor(bytes) {
    this.bytes = bytes;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** LEB128, unsigned. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }

  text() {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }

  /** What kind of thing an import is: a function's type; a table's, memory's or global's. */
  skipDescription() {
    const kind = this.byte();
    if (kind === 0) this.number();
    else if (kind === 1 || kind === 2) {
      if (kind === 1) this.byte();
      const limits = this.byte();
      this.number();
      if (limits & 1) this.number();
    } else if (kind === 3) this.at += 2;
    else throw new Error(`slim: an import of kind ${kind}`);
  }
}

export class Writer {
  #parts = [];
  length = 0;

  raw(bytes) {
    this.#parts.push(Buffer.from(bytes));
    this.length += bytes.length;
  }

  number(value) {
    const bytes = [];
    for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
    this.raw([...bytes, value]);
  }

  /** LEB128, signed. */
  signed(value) {
    const bytes = [];
    while (value < -64 || value > 63) {
      bytes.push((value & 127) | 128);
      value >>= 7;
    }
    this.raw([...bytes, value & 127]);
  }

  text(text) {
    const bytes = new TextEncoder().encode(text);
    this.number(bytes.length);
    this.raw(bytes);
  }

  done() {
    return Buffer.concat(this.#parts);
  }
}
