/**
 * Words that continued another sentence, as one of their own. A name that they begin with, such as a host, is kept.
 */
export const sentence = (text: string): string =>
  text.replace(/^[a-z]+(?=[ ,])/, (word) => word.charAt(0).toUpperCase() + word.slice(1))
