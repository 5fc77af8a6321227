import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { removeFolder, temporaryFolder } from "../tests/harness/atelier.ts";
import { approved, gallery } from "../tests/harness/work.ts";
import { apiFigures } from "./api.ts";
import { callFigures } from "./calls.ts";
import { type Figure, machine, report } from "./figures.ts";
import { jobFigures, latenessFigures, ownTimeFigures } from "./jobs.ts";
import { serve } from "./people.ts";
import { renditionFigures } from "./renditions.ts";

/**
 * Prints one table of what is measured and keeps it. Times of a shared machine are worth what the machine is worth: compare within a run.
 * `npm run bench -- api renditions` measures only those.
 */
const about = machine();
const parts = ["boot", "api", "jobs", "lateness", "renditions", "calls", "bundles"] as const;
const asked = process.argv.slice(2);
const unknown = asked.find((part) => !parts.some((known) => known === part));
if (unknown !== undefined) {
  process.stderr.write(`There is no part “${unknown}”. There are: ${parts.join(", ")}.\n`);
  process.exit(1);
}
const wanted = (part: (typeof parts)[number]) => asked.length === 0 || asked.includes(part);
const say = (text: string) => process.stderr.write(`${text} …\n`);

const figures: Figure[] = [];
if (wanted("renditions")) {
  say("renditions");
  figures.push(...(await renditionFigures()));
}
if (wanted("calls")) figures.push(...(await callFigures()));
if (wanted("boot") || wanted("api") || wanted("jobs") || wanted("lateness")) {
  const folder = temporaryFolder();
  say("boot");
  const served = await serve(folder);
  figures.push({ what: "start to ready, template cached", seen: `${served.seconds.toFixed(2)} s` });
  try {
    const ada = await served.unlimited();
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    if (wanted("api")) {
      say("api");
      figures.push(...(await apiFigures(served.url, ada, image.id, channel.id)));
    }
    if (wanted("jobs")) {
      say("jobs");
      figures.push(...(await jobFigures(ada)), ...(await ownTimeFigures(ada)));
    }
    if (wanted("lateness")) {
      say("lateness: a minute and a quarter");
      figures.push(...(await latenessFigures(ada, image.id)));
    }
  } finally {
    await served.stop();
    removeFolder(folder);
  }
}
report(about, figures);
if (wanted("bundles")) {
  const script = fileURLToPath(new URL("../scripts/bundles.ts", import.meta.url));
  process.exitCode = spawnSync(process.execPath, [script], { stdio: "inherit" }).status ?? 1;
}
