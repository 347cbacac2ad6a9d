import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const BUILT = fileURLToPath(new URL("../src/dillo/web/portal_files", import.meta.url));
const COMPRESSIBLE = /\.(js|css|html|svg|json|webmanifest)$/;
const WORTHWHILE_BYTES = 1024;

/** Writes .br and .gz beside each file once, so that serving never compresses. */
function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync(BUILT, { recursive: true, encoding: "utf8" })) {
        if (!COMPRESSIBLE.test(name)) continue;
        const body = readFileSync(join(BUILT, name));
        if (body.length < WORTHWHILE_BYTES) continue;
        writeFileSync(join(BUILT, `${name}.br`), brotliCompressSync(body));
        writeFileSync(join(BUILT, `${name}.gz`), gzipSync(body, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), precompress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: BUILT,
    emptyOutDir: true,
    target: "es2022",
    // Browsers that know light-dark(): written for older ones it would lose its colours.
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"],
    // Under the Content-Security-Policy nothing may be written into the page itself.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    // What many pages have comes as one file: a cold load asks for fewer.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 5 }] } },
    },
  },
  server: { proxy: { "/api": process.env.DILLO_HTTP ?? "http://127.0.0.1:8080" } },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"] },
} as Parameters<typeof defineConfig>[0]);
