// Files of Excel and Word, as somebody leaves them who has changed a text in them.
import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;
const LISTED = 0x02014b50;
const PART = 0x04034b50;

/** The package with the first such text of a part replaced, its parts not compressed. */
export function rewritten(file: Buffer, part: string, from: string, to: string): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of contents(file)) {
    const text = content.toString();
    if (name === part && !text.includes(from)) throw new Error(`${part} has no ${from}`);
    const bytes = name === part ? Buffer.from(text.replace(from, () => to)) : content;
    // Version, flags, method, time, date, sum, sizes, length of the name: the same in a part's head and in the list.
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(0x21, 8);
    about.writeUInt32LE(crc32(bytes), 10);
    about.writeUInt32LE(bytes.length, 14);
    about.writeUInt32LE(bytes.length, 18);
    about.writeUInt16LE(Buffer.byteLength(name), 22);
    const behind = Buffer.alloc(14);
    behind.writeUInt32LE(offset, 10);
    list.push(word(LISTED), Buffer.from([20, 0]), about, behind, Buffer.from(name));
    const written = Buffer.concat([word(PART), about, Buffer.from(name), bytes]);
    parts.push(written);
    offset += written.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(Buffer.concat(list).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...list, word(END), end]);
}

function contents(file: Buffer): { name: string; content: Buffer }[] {
  const end = file.lastIndexOf(word(END));
  let at = file.readUInt32LE(end + 16);
  return Array.from({ length: file.readUInt16LE(end + 10) }, () => {
    const [size, method] = [file.readUInt32LE(at + 20), file.readUInt16LE(at + 10)];
    const [name, extra, comment] = [28, 30, 32].map((field) => file.readUInt16LE(at + field)) as [number, number, number];
    const head = file.readUInt32LE(at + 42);
    const start = head + 30 + file.readUInt16LE(head + 26) + file.readUInt16LE(head + 28);
    const data = file.subarray(start, start + size);
    const part = { name: file.toString("utf8", at + 46, at + 46 + name), content: method === 0 ? data : inflateRawSync(data) };
    at += 46 + name + extra + comment;
    return part;
  });
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function crc32(bytes: Buffer): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
