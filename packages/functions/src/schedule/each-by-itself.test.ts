import { expect, test } from "vitest";
import { eachByItself } from "./each-by-itself.ts";

test("what fails holds up nothing that comes after it, and is told in the end", async () => {
  const done: string[] = [];
  const job = (name: string) => async () => done.push(name);
  const broken = () => Promise.reject(new Error("The queue is gone."));
  expect(await eachByItself({ posts: job("posts"), plans: job("plans") })).toBe(3);
  const error = await eachByItself({ generations: broken, plans: broken, trash: job("trash") }).catch((thrown: unknown) => thrown);
  expect(done).toEqual(["posts", "plans", "trash"]);
  expect(error).toBeInstanceOf(AggregateError);
  expect((error as AggregateError).message).toBe("Failed: generations, plans.");
  expect((error as AggregateError).errors[0].cause.message).toBe("The queue is gone.");
});
