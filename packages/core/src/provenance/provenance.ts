/** IPTC's vocabulary of how a picture came to be. @see https://cv.iptc.org/newscodes/digitalsourcetype/ */
const vocabulary = "http://cv.iptc.org/newscodes/digitalsourcetype/";

/** An XMP packet that says how the picture came to be; `term` is the last part of the vocabulary's URI. */
export function xmpPacket(term: string): string {
  if (!/^[A-Za-z]+$/.test(term)) throw new Error(`Not a term of the vocabulary: ${term}`);
  return [
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"',
    ` Iptc4xmpExt:DigitalSourceType="${vocabulary}${term}" xmp:CreatorTool="${creatorTool(term)}"/>`,
    "</rdf:RDF></x:xmpmeta>",
    '<?xpacket end="w"?>',
  ].join("");
}

/** What made the file, in words for whoever reads the metadata. */
const creatorTool = (term: string): string =>
  term === "algorithmicMedia" ? "Atelier sketch, a procedural renderer (no AI model)" : "Atelier";

/** The term that a file's XMP states, as an attribute or as an element. */
export function digitalSourceTypeIn(xmp: string | undefined): string | undefined {
  return /DigitalSourceType(?:="|>|\s+rdf:resource=")https?:\/\/cv\.iptc\.org\/newscodes\/digitalsourcetype\/([A-Za-z]+)/.exec(
    xmp ?? "",
  )?.[1];
}
