/**
 * A file with a database as `initdb` leaves it (tar, gzip): to run that takes most of a first start. Null: the first
 * start runs it. The packed server has the file (tooling/pack).
 */
export const EMPTY_DATABASE: string | null = null
