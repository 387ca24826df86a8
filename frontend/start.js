// Loads the client: the two names stand in the page as preloads, so no script stands in the page itself.
const script = document.querySelector("link[rel=modulepreload]").href;
const wasm = document.querySelector("link[rel=preload][as=fetch]").href;

try {
  const client = await import(script);
  await client.default({ module_or_path: wasm });
} catch (fault) {
  console.error(fault);
  document.getElementById("loading")?.setAttribute("hidden", "");
  document.getElementById("failed")?.removeAttribute("hidden");
}
