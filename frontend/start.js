// Loads the client. The Content-Security-Policy allows no inline script, so the two names stand in the page as preloads.
try {
  const style = getComputedStyle(document.documentElement);
  if (!style.getPropertyValue("--line")) throw new Error("the stylesheet is missing");
  const glue = await import(document.querySelector("link[rel=modulepreload]").href);
  await glue.default({ module_or_path: document.querySelector("link[rel=preload][as=fetch]").href });
} catch (error) {
  console.error(error);
  // The page shows by itself that it is late; this shows it at once.
  document.getElementById("late")?.classList.remove("late");
}
