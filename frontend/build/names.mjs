/** A file's name with all 16 digits of its hash: Trunk leaves leading zeros out, and everybody else counts on them. */
export function whole(name) {
  return name.replace(/-([0-9a-f]{1,15})(?=(_bg)?\.\w+$)/, (_, hash) => `-${hash.padStart(16, "0")}`);
}
