/**
 * Write an answer as the gateway writes XML: an element for each field, and for each item of a list an element of its name.
 *
 * An empty list writes nothing; that is inferred.
 *
 * @param root - Name of the document's element.
 * @param content - What JSON knows: objects, lists, texts, numbers and booleans.
 */
export function toXml(root: string, content: unknown): string {
  return `<?xml version='1.0' encoding='UTF-8'?>${element(root, content)}`;
}

function element(name: string, content: unknown): string {
  if (content === undefined || content === null) return '';
  if (Array.isArray(content)) return content.map((item: unknown) => element(name, item)).join('');
  const inner =
    typeof content === 'object'
      ? Object.entries(content)
          .map(([field, value]) => element(field, value))
          .join('')
      : escapeText(typeof content === 'string' ? content : JSON.stringify(content));
  return `<${name}>${inner}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

/** Characters that XML cannot hold, not even escaped, become the replacement character. */
function escapeText(text: string): string {
  return text
    .replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character)
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}');
}
