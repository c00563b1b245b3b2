/** Loads a module of the compiled package, which is what the fuzzer runs on: it is fast, and it is what users get. */
export function built(file) {
  return import(new URL(`../../dist/${file}`, import.meta.url).href)
}
