/** Text of a table's cell: what Markdown would take as a column, a tag or an expression is written by its number. */
export const escaped = (text: string): string =>
  text.replaceAll(/[|<>{}]/g, (character) => `&#${character.charCodeAt(0)};`)
