import { brotliDecompressSync } from "node:zlib";
import document from "../../../generated/openapi.packed.json" with { type: "json" };
import { once } from "../../clients.ts";

/** The OpenAPI document as text. Unpacked when first asked for: few starts of the function are because of it. */
export const openApiText = once((): string => brotliDecompressSync(Buffer.from(document.packed, "base64")).toString());
