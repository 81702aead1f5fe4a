import { usageFailure } from './failure.ts'

/** `text` without slashes at its end. Throws `Failure` for what can't be requested. */
export function httpUrl(text: string, example: string): string {
  const url = text.trim().replace(/\/+$/, '')
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw usageFailure(`${url} is not the URL of an instance`, `It looks like ${example}.`)
  return url
}

/** Where a Keyferry serves. Throws like `httpUrl`. */
export const instanceUrl = (text: string): string => httpUrl(text, 'https://keyferry.example.com')
