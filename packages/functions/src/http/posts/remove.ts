import { problems } from "@atelier/core/kernel";
import { publishingProblems, remove } from "@atelier/core/publishing";
import { networks } from "../../networks.ts";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { posts } from "./deps.ts";

export const removePost = operation({
  id: "removePost",
  method: "DELETE",
  path: "/v1/posts/{id}",
  area: "Publishing",
  summary: "Delete a post, and take down what is out",
  description: "Its page in a gallery answers 410 from then on. Where a network does not take it down, the post stays, with what is out.",
  auth: "user",
  status: 204,
  params: IdParams,
  problems: [
    problems.notFound,
    problems.conflict,
    problems.preconditionFailed,
    publishingProblems.notEditable,
    publishingProblems.notRemoved,
  ],
  run: (ctx, { params }, { ifVersion }) => remove(ctx, { ...posts(), networks: networks() }, params.id, ifVersion),
});
