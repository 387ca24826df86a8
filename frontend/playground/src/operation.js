// What a document is about to do: which of its operations runs, and which things it names.
import { parse, visit } from "graphql";

/** An id in all the forms that the server reads. */
const UUID = /^(urn:uuid:)?\{?[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\}?$/i;
/** In place of a `requestId`: a new one each time. */
const AUTO = "auto";

/**
 * The operation that is meant, with its name: the named one, or the only one, since the editor's name lags behind its
 * text. Undefined where the server will run none, as the document cannot be parsed or has several.
 */
export function chosen(query, operationName) {
  let document;
  try {
    document = parse(query);
  } catch {
    return undefined;
  }
  const operations = document.definitions.filter((one) => one.kind === "OperationDefinition");
  const named = operations.filter((one) => operationName && one.name?.value === operationName);
  const found = operations.length > 1 ? named : operations;
  if (found.length !== 1) return undefined;
  const [definition] = found;
  return { document, definition, kind: definition.operation, name: definition.name?.value };
}

/** The names of the root fields that the operation selects, also by way of fragments, each once. */
export function rootFields({ document, definition }) {
  const fragments = new Map(
    document.definitions.filter((one) => one.kind === "FragmentDefinition").map((one) => [one.name.value, one]),
  );
  const names = new Set();
  const seen = new Set();
  const walk = (selections) => {
    for (const selection of selections) {
      if (selection.kind === "Field") names.add(selection.name.value);
      else if (selection.kind === "InlineFragment") walk(selection.selectionSet.selections);
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        walk(fragments.get(selection.name.value)?.selectionSet.selections ?? []);
      }
    }
  };
  walk(definition.selectionSet.selections);
  return [...names];
}

/**
 * Whatever looks like an id in the variables, or stands in the operation and its fragments; ids of requests name nothing,
 * and a default counts where no value is given.
 */
export function ids({ document, definition }, variables) {
  const found = new Set();
  const take = (text) => UUID.test(text) && found.add(text.toLowerCase());
  const walk = (value, name) => {
    if (name === "requestId") return;
    if (typeof value === "string") take(value);
    else if (value && typeof value === "object") for (const key of Object.keys(value)) walk(value[key], key);
  };
  walk(variables);
  const isRequest = ({ name }) => (name.value === "requestId" ? false : undefined);
  const isGiven = ({ variable }) => (variables?.[variable.name.value] === undefined ? undefined : false);
  const others = document.definitions.filter((one) => one.kind === "FragmentDefinition");
  for (const node of [definition, ...others]) {
    visit(node, {
      VariableDefinition: isGiven,
      ObjectField: isRequest,
      Argument: isRequest,
      StringValue: (value) => void take(value.value),
    });
  }
  return [...found];
}

/** The variables with a fresh UUID wherever a `requestId` says "auto". */
export function withRequestIds(variables, fresh = () => crypto.randomUUID()) {
  if (Array.isArray(variables)) return variables.map((one) => withRequestIds(one, fresh));
  if (!variables || typeof variables !== "object") return variables;
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      name === "requestId" && value === AUTO ? fresh() : withRequestIds(value, fresh),
    ]),
  );
}
