/** A URL without the slashes at its end. In linear time: the pattern `/\/+$/` is quadratic in slashes elsewhere. */
export function withoutTrailingSlashes(url: string): string {
  let end = url.length
  while (url[end - 1] === '/') end--
  return url.slice(0, end)
}
