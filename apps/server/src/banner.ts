import { resolve, join } from 'node:path'
import type { Env } from '@keyferry/runtime'
import type { Running } from './start.ts'

/**
 * What a person at the terminal needs once Keyferry serves: the address, how to create the first account, where the
 * data and the root key are, and how to stop it. Between two rules, so that it stands out of the log.
 */
export function banner({ url, version, setup }: Pick<Running, 'url' | 'version' | 'setup'>, env: Env): string {
  const dataDir = resolve(env.KEYFERRY_DATA_DIR)
  const facts = [
    ...(env.DATABASE_URL === undefined ? [] : [['Database', 'Postgres, at DATABASE_URL']]),
    ['Data folder', dataDir],
    ...(env.KEYFERRY_ROOT_KEY === undefined
      ? [
          ['Root key', join(dataDir, 'root.key')],
          ['', 'Back up this file. Without it, the data can’t be decrypted.'],
        ]
      : [
          ['Root key', 'KEYFERRY_ROOT_KEY, from the environment'],
          ['', 'Keep a copy. Without it, the data can’t be decrypted.'],
        ]),
    ['Stop', 'Ctrl-C'],
  ]
  const lines = [
    `Keyferry ${version} serves on ${url}`,
    '',
    ...(setup ? ['Open this link to create the owner account:', setup.link, `Setup code ${setup.code}`, ''] : []),
    ...facts.map(([name = '', fact = '']) => `${name.padEnd(13)}${fact}`),
  ]
  const rule = '─'.repeat(Math.max(...lines.map((line) => line.length)) + 4)
  return ['', rule, ...lines.map((line) => `  ${line}`.trimEnd()), rule, ''].join('\n')
}
