import { words } from './words.ts'

export interface Device {
  kind: 'computer' | 'phone' | 'script'
  /** "Firefox on Linux". */
  words: string
}

// In this order: every browser also claims to be the ones it comes from.
const BROWSERS = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const
const SYSTEMS = [
  [/iPhone/, 'iPhone', 'phone'],
  [/iPad/, 'iPad', 'phone'],
  [/Android/, 'Android', 'phone'],
  [/Windows/, 'Windows', 'computer'],
  [/Mac OS X|Macintosh/, 'macOS', 'computer'],
  [/CrOS/, 'ChromeOS', 'computer'],
  [/Linux/, 'Linux', 'computer'],
] as const

/**
 * What a browser says about itself, in words a person knows their device by. A hint: anybody can claim to be anything.
 */
export function deviceOf(userAgent: string): Device {
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1]
  const [, system, kind] = SYSTEMS.find(([pattern]) => pattern.test(userAgent)) ?? []
  if (browser === undefined && system === undefined) {
    const name = /^[\w.-]+/.exec(userAgent)?.[0]
    return {
      kind: 'script',
      words: name === undefined ? words.device.unknownDevice : words.device.script(name.slice(0, 40)),
    }
  }
  const named = browser ?? words.device.browser
  return { kind: kind ?? 'computer', words: system === undefined ? named : words.device.on(named, system) }
}
