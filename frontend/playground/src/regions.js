// To which regions do things belong? Asked of the API by their ids, along whichever fields of the schema lead there.
import { getNamedType, isInterfaceType, isListType, isNonNullType, isObjectType } from "graphql";

/** Steps from a thing to its region: an entry has its own, an answer to a comment lies some steps away. */
const STEPS = 4;
/** As many ids as one question names: each costs more than a sixth of what the server lets one cost. */
const AT_ONCE = 5;
/** More ids are not asked for; nobody writes to so many by hand. */
const MOST = 100;

/**
 * Asks for the regions of these ids: sorted names, each once; undefined where there is no schema to ask along, or more
 * to ask for than somebody would wait for.
 */
export async function regionsOf(schema, ids, ask) {
  if (ids.length === 0) return [];
  const node = schema?.getType("Node");
  if (!isInterfaceType(node) || ids.length > MOST) return undefined;
  const selection = schema.getPossibleTypes(node).map((type, index) => {
    const steps = way(type);
    return steps === undefined ? "" : `... on ${type.name} { ${selected(steps, index)} }`;
  });
  const where = `fragment Where on Node { __typename ${selection.join(" ")} }`;
  const names = new Map();
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const some = ids.slice(start, start + AT_ONCE);
    const fields = some.map((_, index) => `n${index}: node(id: $i${index}) { ...Where }`);
    const variables = some.map((_, index) => `$i${index}: ID!`).join(", ");
    const document = `query WhereTo(${variables}) { ${fields.join(" ")} } ${where}`;
    const data = await ask(document, Object.fromEntries(some.map((id, index) => [`i${index}`, id])));
    for (const found of Object.values(data)) collect(found, names);
  }
  return [...names.values()].sort((a, b) => a.localeCompare(b, "ja"));
}

/** The fields from a type to its region, the fewest: none for a region itself, undefined where none lead there. */
export function way(type) {
  let ends = [[type, []]];
  const seen = new Set();
  for (let step = 0; step <= STEPS; step += 1) {
    const next = [];
    for (const [end, path] of ends) {
      if (end.name === "Region") return path;
      if (seen.has(end.name)) continue;
      seen.add(end.name);
      for (const field of Object.values(end.getFields())) {
        const single = isNonNullType(field.type) ? field.type.ofType : field.type;
        const free = field.args.every((argument) => !isNonNullType(argument.type) || argument.defaultValue !== undefined);
        if (isListType(single) || !free || !isObjectType(getNamedType(single))) continue;
        next.push([getNamedType(single), [...path, field.name]]);
      }
    }
    ends = next;
  }
  return undefined;
}

/** The way in GraphQL. Its first step has an alias of the type's own: two types may lead by fields of the same name. */
function selected([first, ...rest], index) {
  const region = "id name";
  if (first === undefined) return region;
  return `w${index}: ${first} { ${rest.reduceRight((inner, step) => `${step} { ${inner} }`, region)} }`;
}

/** A region is what stands at the end: an object with id and name. */
function collect(found, names) {
  if (!found || typeof found !== "object") return;
  if (found.id && found.name) names.set(found.id, found.name);
  for (const value of Object.values(found)) collect(value, names);
}
