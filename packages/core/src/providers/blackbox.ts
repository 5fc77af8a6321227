import * as z from "zod";
import type { OutsideAnswer } from "../outside/index.ts";
import { askedOf, priceOf } from "./asked.ts";
import type { Failure, Means, Provider, Settings } from "./contract.ts";
import { failed } from "./failures.ts";
import { lineTo } from "./line.ts";
import { openaiFailureOf } from "./openai-failures.ts";

const name = "blackbox";
const title = "Blackbox AI";

const Chat = z.looseObject({
  id: z.string().optional(),
  choices: z
    .array(z.looseObject({ message: z.looseObject({ content: z.string().nullish() }), finish_reason: z.string().nullish() }))
    .min(1),
});

/** Blackbox AI (contracts.md §1.9): a chat whose answer is the URL of a picture. ⚠ Its form is not published. */
export function blackbox(settings: Settings, means: Means): Provider {
  const { models } = means;
  const headers = { authorization: `Bearer ${settings.key ?? ""}` };
  const line = lineTo({ title, baseUrl: "https://api.blackbox.ai", headers, errorsAreFree: false, failureOf }, settings, means);
  return {
    name,
    missing: () => (settings.key ? [] : ["key"]),
    estimate: (picture) => priceOf(models, name, picture),
    async submit(picture) {
      const asked = askedOf(models, name, picture);
      if (asked.kind === "failed") return asked;
      const heard = await line.pay(
        "/chat/completions",
        { model: asked.row.model, messages: [{ role: "user", content: asked.prompt }] },
        Chat,
      );
      if (heard.kind === "failed") return heard;
      const [choice] = heard.value.choices;
      const said = choice?.message.content ?? "";
      const url = /https?:\/\/[^\s)\]"'<>]+/.exec(said)?.[0];
      const costMicroUsd = priceOf(models, name, picture);
      if (url !== undefined)
        return { kind: "done", outputs: [{ kind: "url", url }], costMicroUsd, requestId: heard.value.id, modelVersion: picture.model };
      const refused = choice?.finish_reason === "content_filter" || /can't help|cannot help|unable to|policy|unsafe/i.test(said);
      return refused
        ? failed("refused", `${title} refuses the content: “${line.clean(said)}” Change the prompt.`)
        : failed("fall-back", `${title} has given words and no picture.`, { billedMicroUsd: costMicroUsd });
    },
    fetchOutput: (output) => line.fetchOutput(output),
  };
}

/** What is used up may be their own balance at whoever draws for them: no money of ours mends that. */
function failureOf(answer: OutsideAnswer): Failure | undefined {
  if (answer.status === 402 && /fal\.ai|locked|exhausted balance/i.test(answer.body.toString("utf8", 0, 2_000)))
    return { class: "fall-back", detail: `${title} has used up its own balance at who draws for it. Use another for now.` };
  return openaiFailureOf(title)(answer);
}
