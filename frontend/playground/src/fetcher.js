// What GraphiQL sends, on its way: subscriptions by WebSocket, everything else by POST, and a mutation only after
// somebody has agreed to it.
import { ask, send, subscribe } from "./api.js";
import { chosen, ids, rootFields, withRequestIds } from "./operation.js";
import { regionsOf } from "./regions.js";

/** As many of a subscription's events as are shown. */
const EVENTS = 100;
const NOT_SENT = { message: "キャンセルしました。何も送っていません。" };

/** `confirm` is told what would be written and where, and answers whether to go on. */
export function createFetcher({ schema, confirm }) {
  return async ({ query, variables, operationName }) => {
    const operation = chosen(query, operationName);
    const name = operation ? operation.name : operationName;
    const request = { query, variables: withRequestIds(variables), operationName: name ?? undefined };
    if (operation?.kind === "subscription") return events(request);
    if (operation?.kind === "mutation" && !(await confirm(await write(schema(), operation, variables)))) return NOT_SENT;
    return send(request);
  };
}

/**
 * What an operation is about to write, in words, and the names of the regions that it names things of; undefined where
 * these cannot be told.
 */
async function write(schema, operation, variables) {
  const fields = schema?.getMutationType()?.getFields() ?? {};
  const deeds = rootFields(operation).map((name) => ({ name, told: fields[name]?.description?.split("\n")[0] ?? "" }));
  try {
    return { deeds, regions: await regionsOf(schema, ids(operation, variables), ask) };
  } catch {
    return { deeds, regions: undefined };
  }
}

/**
 * Everything that a subscription has told so far, the newest first: the next event would cover one that was missed.
 * GraphiQL knows observables, and one of those ends at once when it is told to.
 */
function events(request) {
  const seen = [];
  return {
    subscribe({ next, error, complete }) {
      const told = ({ data, errors }) => {
        seen.unshift({ at: new Date().toISOString(), ...(data && { data }), ...(errors && { errors }) });
        seen.splice(EVENTS);
        next({ events: [...seen] });
      };
      return { unsubscribe: subscribe(request, { next: told, error, complete }) };
    },
  };
}
