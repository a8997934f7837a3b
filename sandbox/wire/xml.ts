// The query protocol's answers: lists are <member> elements, maps <entry> elements, times whole seconds of UTC, absent
// values no element at all.

export type XmlValue =
  | string
  | number
  | boolean
  | Date
  | readonly XmlValue[]
  | ReadonlyMap<string, XmlValue>
  | { readonly [name: string]: XmlValue | undefined };

export interface Envelope {
  readonly namespace: string;
  readonly requestId: string;
}

export function resultXml(action: string, result: XmlValue | undefined, to: Envelope): string {
  const inner = result === undefined ? "" : element(`${action}Result`, result);
  const metadata = element("ResponseMetadata", { RequestId: to.requestId });
  return `<${action}Response xmlns="${to.namespace}">${inner}${metadata}</${action}Response>\n`;
}

export function errorXml(
  error: { readonly status: number; readonly code: string; readonly message: string },
  to: Envelope,
): string {
  const inner = element("Error", {
    Type: error.status < 500 ? "Sender" : "Receiver",
    Code: error.code,
    Message: error.message,
  });
  const requestId = element("RequestId", to.requestId);
  return `<ErrorResponse xmlns="${to.namespace}">${inner}${requestId}</ErrorResponse>\n`;
}

function wireTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

function element(name: string, value: XmlValue): string {
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: XmlValue): string {
  if (typeof value === "string") return escapeXml(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value instanceof Date) return wireTime(value);
  if (value instanceof Map) {
    return [...value].map(([key, one]) => element("entry", { key, value: one })).join("");
  }
  if (isList(value)) return value.map((one) => element("member", one)).join("");
  return Object.entries(value)
    .map(([name, one]) => (one === undefined ? "" : element(name, one)))
    .join("");
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#xD;");
}
