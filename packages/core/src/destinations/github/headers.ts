/** Of every request: the form of the answers, and the version of the API whose documents were read (2026-11-28). */
export const HEADERS = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' }
