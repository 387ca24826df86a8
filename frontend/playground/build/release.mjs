// After Vite: lays .br and .gz beside every file that is worth it, as for the client's own.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const COMPRESSIBLE = /\.(html|css|js|json|svg|ttf)$/;
// Below this a compressed copy saves no packet.
const WORTH_BYTES = 512;
// Large files gain little more at the best quality, and take a minute each.
const LARGE_BYTES = 1_000_000;

let sum = 0;
for (const name of readdirSync(dist).filter((name) => COMPRESSIBLE.test(name))) {
  const plain = readFileSync(new URL(name, dist));
  if (plain.length < WORTH_BYTES) continue;
  const quality = plain.length < LARGE_BYTES ? constants.BROTLI_MAX_QUALITY : 9;
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  const brotli = brotliCompressSync(plain, { params });
  writeFileSync(new URL(`${name}.br`, dist), brotli);
  writeFileSync(new URL(`${name}.gz`, dist), gzipSync(plain, { level: 9 }));
  sum += brotli.length;
}
console.log(`playground: ${sum} bytes in brotli`);
