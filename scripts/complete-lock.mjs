import { readFileSync, writeFileSync } from "node:fs";

/**
 * Adds to package-lock.json the entries of other platforms' binaries that `npm install` left out because the registry at hand does not hold them:
 * `npm ci` insists on them, though it would not install them here. Run it after a change of dependencies (`npm run lock`).
 */
const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));

const systems = {
  darwin: "darwin",
  linux: "linux",
  linuxmusl: "linux",
  win32: "win32",
  win: "win32",
  windows: "win32",
  android: "android",
  freebsd: "freebsd",
  openharmony: "openharmony",
  netbsd: "netbsd",
  openbsd: "openbsd",
  sunos: "sunos",
  aix: "aix",
};
const processors = {
  x64: "x64",
  arm64: "arm64",
  arm: "arm",
  armv6: "arm",
  armhf: "arm",
  ia32: "ia32",
  x86: "ia32",
  ppc64: "ppc64",
  ppc64le: "ppc64",
  s390x: "s390x",
  riscv64: "riscv64",
  loong64: "loong64",
  loongarch64: "loong64",
  mips64el: "mips64el",
  universal: undefined,
};

function platformOf(name) {
  const words = name.split(/[/@-]/);
  const system = words.map((word) => systems[word]).find(Boolean);
  const processor = words.map((word) => processors[word]).find(Boolean);
  return { ...(processor && { cpu: [processor] }), ...(system && { os: [system] }) };
}

/** Where npm would look for `name` from `place`, the nearest folder first. */
function places(place, name) {
  const found = [];
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    found.push(at === "" ? `node_modules/${name}` : `${at}/node_modules/${name}`);
    if (!at.includes("node_modules")) {
      if (at !== "") found.push(`node_modules/${name}`);
      return found;
    }
    if (!at.includes("/node_modules/")) {
      found.push(`node_modules/${name}`);
      return found;
    }
  }
}

let added = 0;
for (const [place, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const candidates = places(place, name);
    if (candidates.some((candidate) => lock.packages[candidate])) continue;
    const platform = platformOf(name);
    if (!platform.os && !platform.cpu) {
      console.error(`${place || "the project"} has ${name} as an optional dependency, which names no platform: left out.`);
      continue;
    }
    const at = lock.packages[`node_modules/${name}`] ? candidates[0] : `node_modules/${name}`;
    lock.packages[at] = { version: range.replace(/^[\^~]/, ""), ...platform, ...(entry.dev && { dev: true }), optional: true };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added === 0 ? "The lock file names every platform." : `${added} entries added.`);
