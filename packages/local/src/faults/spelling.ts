/** What functions of the product call, and what is near to it: only to know how a misspelt call was meant. Other actions can be struck too. */
const usual = [
  ...["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem"],
  ...["TransactGetItems", "TransactWriteItems", "DescribeTable"],
  ...["SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessage", "DeleteMessageBatch", "ChangeMessageVisibility"],
  ...["GetQueueAttributes", "GetQueueUrl"],
  ...["GetObject", "PutObject", "HeadObject", "DeleteObject", "DeleteObjects", "CopyObject", "ListObjectsV2", "PostObject"],
  ...["SendEmail", "PutEvents", "InitiateAuth", "SignUp", "ConfirmSignUp", "AdminGetUser", "AdminDeleteUser", "GetUser"],
];

/** What is wrong with the spelling of a call, as a sentence; undefined if nothing is, as far as can be known. */
export function misspelling(call: string): string | undefined {
  const [, method = "", path = ""] = /^([a-z]+)( \/.*)$/is.exec(call) ?? [];
  const meant = path ? method.toUpperCase() + path : usual.find((name) => name.toLowerCase() === call.toLowerCase());
  if (meant !== undefined && meant !== call) return `\`call\` is spelt ${meant}.`;
  if (/^[a-z]/.test(call))
    return "`call` is an action of AWS, which begins with a capital letter, such as PutItem, or `METHOD /path`, or *.";
  return undefined;
}

/** A function's id as people know it; the template's own ids end with a hash. */
export const idOf = (name: string): string => name.replace(/[0-9A-F]{8}$/, "");

/** Whether a function has this id. */
export const isNamed = (id: string, name: string): boolean => name === id || idOf(name) === id;
