/** What a reference looks like: see kernel/references.ts. */
const REFERENCE = /\$\{[A-Za-z0-9\-_.@]+\}/g

/** A value that is sent as `text`, whatever in it looks like a reference. */
export const escapeReferences = (text: string): string => text.replaceAll(REFERENCE, (found) => `$${found}`)
