import { requestJson } from '@keyferry/access/sign-in'
import { DAY_MS, type Context } from '@keyferry/kernel'
import { z } from 'zod'

/** As the registry of a package answers it, and as anybody can write it. */
const release = z.object({ version: z.string().regex(/^\d+\.\d+\.\d+$/) })
const byNumber = new Intl.Collator('en', { numeric: true })

export interface NewestVersion {
  /** The newest release, if `version` is older. Undefined too until the first answer. */
  newer(): string | undefined
  stop(): void
}

/** Asks `url` for the newest release, now and once a day. Without a URL, nothing is asked. */
export function watchNewestVersion(
  { network, log }: Pick<Context, 'network' | 'log'>,
  { url, version }: { url: string | undefined; version: string },
): NewestVersion {
  if (url === undefined) return { newer: () => undefined, stop() {} }
  let newest = version
  const ask = async (): Promise<void> => {
    try {
      const { body } = await requestJson(network, { url, ca: '' })
      const read = release.safeParse(body)
      if (read.success) newest = read.data.version
      else log.warn('KEYFERRY_RELEASES_URL did not answer with the version of a release')
    } catch (error) {
      log.warn({ err: error }, 'the newest version is not known; asked again in a day')
    }
  }
  const timer = setInterval(() => void ask(), DAY_MS)
  timer.unref()
  void ask()
  return {
    newer: () => (byNumber.compare(newest, version) > 0 ? newest : undefined),
    stop: () => clearInterval(timer),
  }
}
