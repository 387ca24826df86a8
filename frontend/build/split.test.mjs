import assert from "node:assert/strict";
import { test } from "node:test";
import { assembled } from "./binaryen.mjs";
import { cut } from "./split.mjs";

// Both parts use the memory, a global, an import, both tables; they call each other directly and through the table, and
// a function that only the rest needs goes along with it.
const MODULE = assembled(`
  (module
    (type $one (func (param i32) (result i32)))
    (import "glue" "note" (func $note (param i32)))
    (memory (export "memory") 1)
    (table $calls (export "calls") 6 funcref)
    (table $things (export "things") 2 externref)
    (global $depth (mut i32) (i32.const 100))
    (global $step i64 (i64.const 3))
    (data (i32.const 1024) "\\05\\00\\00\\00")
    (elem (table $calls) (i32.const 1) func $twice $far_listener)
    (elem (table $calls) (i32.const 4) func $thrice)
    (func (export "near") (param $x i32) (result i32)
      (call $note (local.get $x))
      (call $twice (local.get $x)))
    (func (export "counted") (param $x i32) (result i32)
      (global.set $depth (i32.sub (global.get $depth) (i32.const 1)))
      (i32.add (call $far (local.get $x)) (global.get $depth)))
    (func (export "listen") (param $x i32) (param $slot i32) (result i32)
      (call_indirect $calls (type $one) (local.get $x) (local.get $slot)))
    (func (export "wide") (param i64 f64 f32) (result f64)
      (call $far_wide (local.get 0) (local.get 1) (local.get 2)))
    (func (export "keep") (param externref)
      (call $far_keep (local.get 0)))
    (func $twice (param $x i32) (result i32)
      (i32.mul (local.get $x) (i32.const 2)))
    (func $thrice (param $x i32) (result i32)
      (i32.mul (local.get $x) (i32.load (i32.const 1024))))
    (func $far (param $x i32) (result i32)
      (global.set $depth (i32.sub (global.get $depth) (i32.const 10)))
      (call $note (global.get $depth))
      (i32.store (i32.const 1024) (i32.add (i32.load (i32.const 1024)) (i32.const 1)))
      (call $only_for_far
        (call_indirect $calls (type $one) (call $twice (local.get $x)) (i32.const 4))))
    (func $only_for_far (param $x i32) (result i32)
      (local $rounds i32)
      (loop $again
        (local.set $x (i32.xor (i32.mul (local.get $x) (i32.const 31)) (local.get $rounds)))
        (local.set $rounds (i32.add (local.get $rounds) (i32.const 1)))
        (call $note (local.get $x))
        (br_if $again (i32.lt_u (local.get $rounds) (i32.const 3))))
      (local.get $x))
    (func $far_listener (param $x i32) (result i32)
      (call $note (i32.const -1))
      (i32.sub (local.get $x) (i32.const 1)))
    (func $far_wide (param i64 f64 f32) (result f64)
      (call $note (i32.const -2))
      (f64.add
        (f64.convert_i64_s (i64.mul (local.get 0) (global.get $step)))
        (f64.mul (local.get 1) (f64.promote_f32 (local.get 2)))))
    (func $far_keep (param externref)
      (table.set $things (i32.const 1) (local.get 0))))`);

const STORY = [
  ["near", 4],
  ["listen", 5, 1],
  ["listen", 5, 4],
  ["counted", 7],
  ["listen", 5, 4],
  ["listen", 9, 2],
  ["wide", -6n, 2.5, 1.5],
  ["counted", 8],
  ["keep", "a thing"],
];

/** What the story's steps answer, what they have told the glue, what lies in memory and table. */
function told(exports, notes) {
  const answers = STORY.map(([name, ...given]) => exports[name](...given));
  return { answers, notes, memory: new Int32Array(exports.memory.buffer, 1024, 1)[0], thing: exports.things.get(1) };
}

function whole() {
  const notes = [];
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(MODULE), { glue: { note: (x) => notes.push(x) } });
  return told(exports, notes);
}

/** The first part, and what has the rest arrive. */
function begun({ first, rest }) {
  const notes = [];
  let loads = 0;
  const load = () => {
    loads += 1;
    arrive();
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(first), {
    glue: { note: (x) => notes.push(x) },
    rest: { load },
  });
  const arrive = () => {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(rest), { rest: exports });
    exports.loaded.value = 1;
    return instance;
  };
  return { exports, notes, arrive, loads: () => loads };
}

const parts = cut(MODULE, (name) => /^far/.test(name));

test("both parts together compute as the whole does, and the rest is loaded once, when it is needed", () => {
  const { exports, notes, loads } = begun(parts);
  const expected = whole();
  assert.equal(exports.near(4), expected.answers[0]);
  assert.equal(exports.listen(5, 1), expected.answers[1]);
  assert.equal(loads(), 0);
  notes.length = 0;
  assert.deepEqual(told(exports, notes), expected);
  assert.equal(loads(), 1);
});

test("a rest that has come by itself is not asked for", () => {
  const { exports, notes, arrive, loads } = begun(parts);
  arrive();
  assert.deepEqual(told(exports, notes), whole());
  assert.equal(loads(), 0);
});

test("a function in the table is found from there, too", () => {
  const { exports, loads } = begun(parts);
  assert.equal(exports.calls.get(2)(9), 8);
  assert.equal(loads(), 1);
});

test("a rest that cannot be had stops the call and nothing else", () => {
  const { exports } = begun({ ...parts, rest: new Uint8Array() });
  assert.throws(() => exports.wide(1n, 1, 1), WebAssembly.CompileError);
  assert.equal(exports.near(4), 8);
});

test("what only the rest needs is not in the first part", () => {
  const constant = (wasm) => Buffer.from(wasm).includes(Buffer.from([0x41, 31, 0x6c]));
  assert.ok(constant(parts.rest));
  assert.ok(!constant(parts.first));
});

test("where nothing is for the rest, it is empty and the first part is all", () => {
  const { exports, notes, loads } = begun(cut(MODULE, () => false));
  assert.deepEqual(told(exports, notes), whole());
  assert.equal(loads(), 0);
});

test("another module than the client's is an error", () => {
  const foreign = assembled(`
    (module
      (import "glue" "count" (global $count i32))
      (func (export "run") (result i32) (global.get $count)))`);
  assert.throws(() => cut(foreign, () => true), /count is imported and no function/);
});
