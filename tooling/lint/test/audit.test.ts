/** What CI makes of the package manager's audit, which is replaced by a command that says what each case needs. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

const AUDIT = resolve(import.meta.dirname, '../../../.ci/audit')

function audited(says: string, code: number): { status: number | null; stdout: string } {
  const dir = mkdtempSync(join(tmpdir(), 'keyferry-audit-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  writeFileSync(join(dir, 'npx'), `#!/bin/sh\ncat <<'END'\n${says}\nEND\nexit ${code}\n`)
  chmodSync(join(dir, 'npx'), 0o755)
  return spawnSync(AUDIT, { env: { ...process.env, PATH: `${dir}:${process.env.PATH ?? ''}` }, encoding: 'utf8' })
}

it('fails for a known weakness and shows it', () => {
  const { status, stdout } = audited('high  Prototype pollution in lefthand\n1 vulnerabilities found', 1)
  expect(status).toBe(1)
  expect(stdout).toContain('lefthand')
})

it.each(['No known vulnerabilities found', '2 vulnerabilities found\nSeverity: 2 low'])('passes for %j', (says) => {
  expect(audited(says, 0)).toMatchObject({ status: 0, stdout: expect.stringContaining('no known weakness') })
})

it.each([
  ['the endpoint answered 405', 1],
  ['', 124],
  ['command not found', 127],
])('says that nothing was audited when there is nobody to ask: %j', (says, code) => {
  const { status, stdout } = audited(says, code)
  expect(status).toBe(0)
  expect(stdout).toMatch(/^skipped: no registry reachable.*NOT audited/)
})
