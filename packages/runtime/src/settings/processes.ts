/** Where and how processes of an instance run. */
import { z } from 'zod'
import { host, httpUrl, ownUrl, port } from './formats.ts'
import { setting } from './setting.ts'

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export const processes = {
  PORT: setting(port.default(4400), 'where it listens'),
  HOST: setting(host.default('127.0.0.1'), 'the address it listens on; `0.0.0.0` for every one'),
  KEYFERRY_URL: setting(
    ownUrl.optional(),
    'the address people use, for links in mails and secure cookies behind a proxy; without a path: Keyferry needs a host name of its own',
    { unset: 'where it listens' },
  ),
  LOG_LEVEL: setting(
    z.enum(LEVELS, { error: `must be one of ${LEVELS.join(', ')}` }).default('info'),
    '`fatal` to `trace`, or `silent`',
  ),
  KEYFERRY_RELEASES_URL: setting(
    httpUrl.optional(),
    'URL of a JSON document with the newest `version`, such as the package `keyferry-server` has at a registry; asked once a day, and the console then says when it is newer. Without it nothing is asked',
  ),
}
