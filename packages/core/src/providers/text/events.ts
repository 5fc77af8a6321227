/** No provider's event is this long, characters: what is, is no stream of events, and is not kept. */
const longestLine = 1_000_000;

/** The data of server-sent events, one text each; comments and other fields are passed over. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
export async function* eventsIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    // A carriage return at the end may be half of a line's end: it waits for the next chunk.
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    if (rest.length > longestLine) return;
    for (const line of lines) if (line.startsWith("data:")) yield line.slice(line.startsWith("data: ") ? 6 : 5);
  }
}
