import { AwsError, jsonService } from "../wire/aws-json.ts";
import type { WireHandler } from "../wire/http.ts";
import type { Credentials } from "../wire/sigv4.ts";

export type SsmOptions = {
  region: string;
  account: string;
  credentials: Credentials;
  /** SecureStrings by their full names, such as `/atelier/dev/providers/HF_TOKEN`. */
  parameters: Readonly<Record<string, string>>;
};

const pageMax = 10;
const known: ReadonlySet<string> = new Set(["Path", "Recursive", "WithDecryption", "MaxResults", "NextToken"]);

/** The parameter store of AWS Systems Manager, as far as this product uses it: GetParametersByPath, over what the machine's environment has set. */
export function createSsm({ region, account, credentials, parameters }: SsmOptions): { handle: WireHandler } {
  function byPath(input: Record<string, unknown>): unknown {
    const { Path, Recursive = false, WithDecryption = false, MaxResults = pageMax, NextToken = "0" } = input;
    const stranger = Object.keys(input).find((name) => !known.has(name));
    if (stranger !== undefined) throw invalid(`The embedded parameter store does not know ${stranger}.`);
    if (typeof Path !== "string" || !/^(\/[\w.-]+)+\/?$/.test(Path))
      throw invalid("The parameter path must begin with a slash, and have names between slashes.");
    if (typeof Recursive !== "boolean" || typeof WithDecryption !== "boolean")
      throw invalid("Recursive and WithDecryption are true or false.");
    if (!Number.isInteger(MaxResults) || Number(MaxResults) < 1 || Number(MaxResults) > pageMax)
      throw invalid(`MaxResults is 1 to ${pageMax}.`);
    if (typeof NextToken !== "string" || !/^\d+$/.test(NextToken))
      throw new AwsError("InvalidNextToken", "The specified token isn't valid.");
    const under = `${Path.replace(/\/$/, "")}/`;
    const names = Object.keys(parameters)
      .filter((name) => name.startsWith(under) && (Recursive || !name.slice(under.length).includes("/")))
      .sort();
    const from = Number(NextToken);
    const end = from + Number(MaxResults);
    return {
      Parameters: names.slice(from, end).map((Name) => ({
        Name,
        Type: "SecureString",
        // Without being asked to, AWS gives what it has stored, which nobody can use.
        Value: WithDecryption ? parameters[Name] : "encrypted",
        Version: 1,
        DataType: "text",
        ARN: `arn:aws:ssm:${region}:${account}:parameter${Name}`,
      })),
      ...(end < names.length && { NextToken: String(end) }),
    };
  }

  return {
    handle: jsonService({
      target: "AmazonSSM",
      version: "1.1",
      signingName: "ssm",
      region,
      credentials,
      actions: { GetParametersByPath: byPath },
    }),
  };
}

const invalid = (message: string): AwsError => new AwsError("ValidationException", message);
