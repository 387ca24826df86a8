// The API in the page's own session: the browser sends its cookie, nothing else is needed.
import { createClient } from "graphql-ws";

const ADDRESS = "/graphql";
export const AWAY = "サーバーにつながりません。通信の状態を確かめてから、もう一度実行してください。";

/** The whole answer, also one of errors alone. */
export async function send(request) {
  let answer;
  try {
    answer = await fetch(ADDRESS, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json",
      },
      body: JSON.stringify(request),
    });
  } catch {
    throw new Error(AWAY);
  }
  try {
    return await answer.json();
  } catch {
    throw new Error(`サーバーの答えを読めませんでした（${answer.status}）。`);
  }
}

/** The data of a document that the page itself asks. */
export async function ask(query, variables) {
  const { data, errors } = await send({ query, variables });
  if (!data) throw new Error(errors?.[0]?.message ?? AWAY);
  return data;
}

let socket;

/** Tells the answers of a subscription as they come; what it gives back ends it. */
export function subscribe(request, { next, error, complete }) {
  socket ??= createClient({ url: new URL(ADDRESS, location.href.replace(/^http/, "ws")).href, retryAttempts: 3 });
  return socket.subscribe(request, { next, complete, error: (fault) => error(new Error(reason(fault))) });
}

/** A refused operation brings a list of errors, a broken line its closing code. */
function reason(fault) {
  if (Array.isArray(fault)) return fault.map((one) => one.message).join("\n");
  if (fault instanceof Error) return fault.message;
  if (fault?.code === 4403) return "サインインが終わっています。サインインしなおしてから、もう一度実行してください。";
  return fault?.code ? `接続が終わりました（${fault.code} ${fault.reason ?? ""}）。もう一度実行してください。` : AWAY;
}
