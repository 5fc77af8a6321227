/**
 * What the product uses of node:http, without the view of it that an import makes: that looks at every export, and one of them loads all of `fetch`, which
 * took a sixth of the time in which a function loads.
 */
export const { Agent, request, STATUS_CODES, validateHeaderName, validateHeaderValue } = process.getBuiltinModule("node:http");
