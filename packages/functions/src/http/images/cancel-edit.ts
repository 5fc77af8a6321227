import { problems } from "@atelier/core/kernel";
import { cancelEdit as cancel, libraryProblems } from "@atelier/core/library";
import { operation } from "../operation.ts";
import { Id, IdParams } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";
import { editJobs } from "./editing.ts";
import { exampleVersion, ImageVersion, versionBody } from "./version-schemas.ts";

export const cancelEdit = operation({
  id: "cancelEdit",
  method: "POST",
  path: "/v1/images/{id}/versions/{versionId}/cancel",
  area: "Library",
  summary: "Stop an edit that a provider is asked for",
  description:
    "The version is `failed` with `library/edit-canceled`, and the image stays as it was. Nothing more is asked for. What a provider was already asked for is paid all the same: the budget tells it once it is known. Of a version that was stopped before it answers the same.",
  auth: "user",
  status: 200,
  params: IdParams.extend({ versionId: Id }),
  response: ImageVersion,
  problems: [problems.notFound, problems.conflict, libraryProblems.editNotCancelable],
  example: { response: { ...exampleVersion, state: "failed", readyAt: undefined, width: undefined } },
  run: (ctx, { params }) => cancel(ctx, { ...libraryDeps(), jobs: editJobs() }, params.id, params.versionId),
  view: async (made) => ({ body: await versionBody(made) }),
});
