/** Every recorded call of Infisical's clients, replayed against a started server, and the two clients that are run. */
import { readFileSync } from 'node:fs'
import type { Emulator } from '@keyferry/core/emulators'
import { startEmulator as startAws } from '@keyferry/core/emulators/aws-parameter-store'
import { onSqlite } from '@keyferry/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startIssuer, type TokenIssuer } from '../../src/testing-issuer.ts'
import { readyApi } from '../../src/testing.ts'
import { readCorpus } from './corpus.ts'
import { makeFolder } from './folder.ts'
import { mcpRuns } from './mcp.ts'
import { PAGE, pageOf } from './page.ts'
import { replay } from './replay.ts'
import { sdkRuns } from './sdk.ts'
import type { Started } from './started.ts'

const corpus = readCorpus()

it('the page says what the corpus says', () => {
  expect(readFileSync(PAGE, 'utf8'), 'run pnpm --filter @keyferry/api clients-page').toBe(pageOf(corpus))
})

onSqlite('clients of Infisical', (open) => {
  const started: Started = Object.create(null)
  let issuer: TokenIssuer
  let aws: Emulator
  beforeAll(async () => {
    started.api = await readyApi(open)
    issuer = await startIssuer(started.api.ctx.now)
    started.url = await started.api.app.listen({ host: '127.0.0.1', port: 0 })
    aws = await startAws()
    const { accessKeyId, secretAccessKey } = aws.credentials
    const { region, path } = aws.target
    started.variables = {
      ...(await makeFolder(started.api, issuer)),
      awsKeyId: String(accessKeyId),
      awsSecret: String(secretAccessKey),
      awsUrl: aws.url,
      awsRegion: String(region),
      awsPath: String(path),
      // The corpus has it as clients send it.
      secretKey: '{{secretKey}}',
    }
  })
  afterAll(async () => {
    await issuer.close()
    await aws.close()
    await started.api.close()
  })

  it.each(corpus.filter(({ calls }) => calls.length > 0))('$client', async (client) => {
    const results = await replay(client, started.url, started.variables)
    const wrong = results
      .filter(([{ open: reason }, problem]) => (problem === null) !== (reason === undefined))
      .map(([{ does }, problem]) => `${does}: ${problem ?? 'is served now, take out its "open"'}`)
    expect(wrong).toEqual([])
  })

  sdkRuns(started)
  mcpRuns(started)
})
