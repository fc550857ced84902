/** Makes the ids of the twin. Unique whatever the random source gives, so that a pinned one does no harm. */
export interface IdSource {
  /** Such as `ep-` and twenty of `a-z0-9`. */
  newId(prefix: string): string;
  /** Upper-case, shaped like the RequestId of the service. */
  newRequestId(): string;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Ids drawn from a random source and ended by a count. */
export function createIdSource(random: () => number, newId?: (prefix: string) => string): IdSource {
  let made = 0;
  let requests = 0;
  const draw = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)] ?? alphabet.charAt(0)).join('');
  return {
    newId: newId ?? ((prefix) => `${prefix}-${draw(ALPHABET, 14)}${(made++).toString(36).padStart(6, '0')}`),
    newRequestId: () => {
      const hex = draw('0123456789ABCDEF', 20);
      const count = (requests++).toString(16).toUpperCase().padStart(12, '0');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${count}`;
    },
  };
}
