/** Children of an element: text, or nested elements. An undefined child is left out. */
export type Content = string | number | boolean | readonly Child[];
export type Child = readonly [name: string, content: Content | undefined];

/** Control characters go as references: a parser would fold `\r`, and refuse most of the others in the raw. */
export const escapeXml = (text: string): string =>
  text.replace(/[&<>"'\r\n\t]|\p{Cc}/gu, (c) => {
    const named = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" }[c];
    return named ?? `&#x${c.charCodeAt(0).toString(16)};`;
  });

const render = (name: string, content: Content, attributes = ""): string =>
  `<${name}${attributes}>${Array.isArray(content) ? content.map(([child, inner]) => (inner === undefined ? "" : render(child, inner))).join("") : escapeXml(String(content))}</${name}>`;

/** A document with one root element in S3's namespace (errors have none). */
export function element(name: string, children: readonly Child[]): string {
  const namespace = name === "Error" ? "" : ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
  return `<?xml version="1.0" encoding="UTF-8"?>\n${render(name, children, namespace)}`;
}

export type XmlNode = { name: string; text: string; children: XmlNode[] };

export class XmlError extends Error {}

const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const maxDepth = 16;

function unescapeXml(text: string): string {
  return text.replace(/&([^;]*);?/g, (whole, entity: string) => {
    const code = /^#x([0-9a-f]{1,6})$/i.exec(entity)?.[1] ?? undefined;
    const point = code ? Number.parseInt(code, 16) : Number(/^#(\d{1,7})$/.exec(entity)?.[1] ?? Number.NaN);
    if (whole.endsWith(";") && Object.hasOwn(named, entity)) return named[entity] ?? "";
    if (!whole.endsWith(";") || !(point >= 0 && point <= 0x10ffff)) throw new XmlError(`“${whole}” is not a known entity.`);
    return String.fromCodePoint(point);
  });
}

/**
 * Reads the small documents that clients send. Strict: declarations of types or entities, comments, CDATA, processing instructions
 * and anything unbalanced are refused, so nothing can be expanded or fetched. Throws {@link XmlError}.
 */
export function readXml(source: string): XmlNode {
  const body = source.replace(/^\uFEFF?\s*(<\?xml[^?>]*\?>)?\s*/, "").trimEnd();
  const root: XmlNode = { name: "", text: "", children: [] };
  const open = [root];
  const token = /<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/gy;
  while (token.lastIndex < body.length) {
    const at = token.lastIndex;
    const [, closing, name = "", , empty, text] = token.exec(body) ?? [];
    const here = open.at(-1);
    if (!here || token.lastIndex <= at) throw new XmlError(`The document is not well formed at ${at}.`);
    if (text !== undefined) here.text += unescapeXml(text);
    else if (closing) {
      if (here.name !== name || open.length === 1) throw new XmlError(`</${name}> closes nothing.`);
      open.pop();
    } else {
      const node: XmlNode = { name, text: "", children: [] };
      here.children.push(node);
      if (!empty) open.push(node);
      if (open.length > maxDepth) throw new XmlError("The document is nested too deeply.");
    }
  }
  const [only, ...others] = root.children;
  if (!only || others.length > 0 || open.length > 1 || root.text.trim() !== "")
    throw new XmlError("The document must have one root element.");
  return only;
}
