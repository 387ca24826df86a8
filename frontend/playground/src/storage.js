// What the playground keeps between two visits: tabs, history, what is shown. It lies in the client's own database,
// beside the account's drafts, so that signing out on a shared PC takes it away with everything else.

const DATABASE = "renkei";
const STORE = "kept";
/** Where the client says who is here; it tells other tabs when that changes. */
const VIEWER = "renkei:viewer";

/** GraphiQL reads without waiting, so everything is fetched first; writes go on to the database by themselves. */
export async function shelf(account, place) {
  const prefix = `renkei:${account}:playground:${place}:`;
  const database = await open();
  const memory = new Map(database ? await load(database, prefix) : []);
  let closed = false;
  const write = (change) => {
    if (database && !closed) change(database.transaction(STORE, "readwrite").objectStore(STORE));
  };
  return {
    storage: {
      getItem: (name) => memory.get(name) ?? null,
      setItem(name, text) {
        memory.set(name, text);
        write((store) => store.put(text, prefix + name));
      },
      removeItem(name) {
        memory.delete(name);
        write((store) => store.delete(prefix + name));
      },
      clear() {
        memory.clear();
        write((store) => store.delete(range(prefix)));
      },
      get length() {
        return memory.size;
      },
    },
    isEmpty: memory.size === 0,
    /** From now on nothing is kept any more. */
    close() {
      write((store) => store.delete(range(prefix)));
      closed = true;
    },
  };
}

/** Calls once somebody else is here, or nobody: signed out in another tab. */
export function onLeave(account, then) {
  const look = (event) => {
    if (event.key !== VIEWER) return;
    let there;
    try {
      there = JSON.parse(event.newValue ?? "null")?.id;
    } catch {
      // Whoever that is, it is not this account.
    }
    if (there === account) return;
    removeEventListener("storage", look);
    then();
  };
  addEventListener("storage", look);
}

/** Undefined where the browser keeps nothing. */
function open() {
  return new Promise((resolve) => {
    let request;
    try {
      request = indexedDB.open(DATABASE, 1);
    } catch {
      resolve(undefined);
      return;
    }
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(undefined);
    request.onblocked = () => resolve(undefined);
  });
}

function load(database, prefix) {
  return new Promise((resolve) => {
    const store = database.transaction(STORE, "readonly").objectStore(STORE);
    const keys = store.getAllKeys(range(prefix));
    const texts = store.getAll(range(prefix));
    texts.onsuccess = () => resolve(keys.result.map((key, index) => [String(key).slice(prefix.length), texts.result[index]]));
    texts.onerror = () => resolve([]);
  });
}

function range(prefix) {
  return IDBKeyRange.bound(prefix, `${prefix}\uffff`);
}
