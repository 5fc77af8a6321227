import { budgetProblems } from "@atelier/core/budgets";
import { generationProblems } from "@atelier/core/generation";
import { problems } from "@atelier/core/kernel";
import { EditRequest, libraryProblems, mostOperations, requestEdit } from "@atelier/core/library";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";
import { editing } from "./editing.ts";
import { exampleVersion, ImageVersion, versionBody } from "./version-schemas.ts";

export const editImage = operation({
  id: "editImage",
  method: "POST",
  path: "/v1/images/{id}/edits",
  area: "Library",
  summary: "Edit an image, as a new version of it",
  description: `One to ${mostOperations} operations, each done to what the one before it leaves; sides and offsets in pixels. No file ever changes: a version is made of another one, and the image shows the newest that is ready. It then has to be approved anew, since an approval is of the content, and posts that show it are blocked until it is. Its tags, stars, category and rating stay. Watch \`GET /v1/images/{id}/versions\`.

\`remove_background\` and \`upscale\` are done by a model of a provider's, and cost: each goes alone. The answer names the model that is asked first, and what it costs at most; the version tells in the end who has made it and for how much. \`GET /v1/models\` lists them with \`kind: "edit"\`. Where it fails, the version is \`failed\` with the reason, and the image stays as it was.`,
  auth: "user",
  status: 202,
  idempotent: true,
  params: IdParams,
  body: EditRequest,
  response: ImageVersion,
  problems: [
    problems.notFound,
    problems.conflict,
    libraryProblems.notEditable,
    libraryProblems.editInHand,
    libraryProblems.tooManyVersions,
    generationProblems.modelUnavailable,
    budgetProblems.spent,
  ],
  example: {
    body: {
      operations: [
        { type: "rotate", degrees: 90 },
        { type: "adjust", brightness: 10, contrast: 5, saturation: -20 },
      ],
    },
    response: { ...exampleVersion, state: "processing", readyAt: undefined, width: undefined },
  },
  run: (ctx, { params, body }) => requestEdit(ctx, { ...libraryDeps(), editing: () => editing(ctx) }, params.id, body),
  view: async (made) => ({ body: await versionBody(made) }),
});
