// Bundles the playground into dist/, which the server serves under /playground: nothing in it names another host, and
// every file but the two pages has its content's hash in its name.
import { defineConfig } from "vite";
import { japanese } from "./build/japanese.js";

const HASHED = "[name]-[hash:16]";

export default defineConfig({
  base: "/playground/",
  plugins: [japanese()],
  oxc: { jsx: { runtime: "automatic" } },
  worker: {
    format: "es",
    rolldownOptions: { output: { entryFileNames: `${HASHED}.js`, chunkFileNames: `${HASHED}.js`, hashCharacters: "hex" } },
  },
  build: {
    assetsDir: "",
    // A data address would need a word of its own in the page's policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // GraphiQL's editor is large, and loaded when the page stands.
    chunkSizeWarningLimit: 4096,
    rolldownOptions: {
      input: ["index.html", "signed-out.html"],
      // React's directives for servers, which mean nothing here.
      checks: { moduleLevelDirective: false },
      output: {
        entryFileNames: `${HASHED}.js`,
        chunkFileNames: `${HASHED}.js`,
        assetFileNames: `${HASHED}[extname]`,
        hashCharacters: "hex",
      },
    },
  },
});
