import { describe, expect, test } from "vitest";
import { type Names, resolve } from "./intrinsics.ts";
import { readTemplate } from "./read.ts";

const names: Names = { ref: (id) => `ref-${id}`, attribute: (id, attribute) => `${attribute}-of-${id}` };

describe("the template", () => {
  test("is refused with one line for each type or property that the embedded cloud does not know", () => {
    const template = {
      Resources: {
        Cluster: { Type: "AWS::ECS::Cluster", Properties: {} },
        Queue: { Type: "AWS::SQS::Queue", Properties: { VisibilityTimeout: 30, FifoQueue: true } },
      },
    };
    expect(() => readTemplate(template, names)).toThrow(/Cluster: the type AWS::ECS::Cluster\n {2}Queue: AWS::SQS::Queue with FifoQueue/);
  });

  test("gives the resources of a type with their references resolved", () => {
    const template = {
      Resources: {
        Dead: { Type: "AWS::SQS::Queue", Properties: {} },
        Work: {
          Type: "AWS::SQS::Queue",
          Properties: { RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["Dead", "Arn"] }, maxReceiveCount: 3 } },
        },
      },
    };
    const queues = readTemplate(template, names)("AWS::SQS::Queue");
    expect(queues.map(({ id }) => id)).toEqual(["Dead", "Work"]);
    expect(queues[1]?.properties.RedrivePolicy).toEqual({ deadLetterTargetArn: "Arn-of-Dead", maxReceiveCount: 3 });
  });
});

describe("an intrinsic function", () => {
  test.each([
    [{ Ref: "A" }, "ref-A"],
    [{ "Fn::GetAtt": ["A", "Arn"] }, "Arn-of-A"],
    [{ "Fn::Join": ["/", ["x", { Ref: "A" }]] }, "x/ref-A"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's template, not ours
    [{ "Fn::Sub": "a-${A}-b" }, "a-ref-A-b"],
    [{ "Fn::Select": [1, { "Fn::Split": [",", "x,y"] }] }, "y"],
    [{ nested: [{ Ref: "A" }] }, { nested: ["ref-A"] }],
  ])("%j becomes %j", (value, expected) => expect(resolve(value, names)).toEqual(expected));

  test("that is not known stops the start", () => {
    expect(() => resolve({ "Fn::Cidr": ["10.0.0.0/8"] }, names)).toThrow(/Fn::Cidr/);
  });
});
