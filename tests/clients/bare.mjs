// For comparing what a cache gives with what the server gives.

/** Without what clients add for themselves. */
export function bare(value) {
  if (Array.isArray(value)) return value.map(bare)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, part]) => name !== '__typename' && name !== 'seq' && part !== undefined)
      .map(([name, part]) => [name, bare(part)]),
  )
}
