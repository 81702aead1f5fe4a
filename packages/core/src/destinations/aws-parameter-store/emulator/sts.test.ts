/** STS in both of its forms, with requests signed by AWS's own library. */
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { KMSClient, ListAliasesCommand } from '@aws-sdk/client-kms'
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEmulator, type ParameterStoreEmulator } from './index.ts'
import type { AccessKey } from '../../aws/emulator/principals.ts'

let emulator: ParameterStoreEmulator
beforeEach(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.close())

async function call(key: AccessKey, form: Record<string, string>, accept = 'application/json'): Promise<Response> {
  const url = new URL(emulator.url)
  const signer = new SignatureV4({ service: 'sts', region: 'us-east-1', credentials: key, sha256: Sha256 })
  const body = new URLSearchParams({ Version: '2011-06-15', ...form }).toString()
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    query: {},
    headers: { host: url.host, accept, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  })
  return fetch(url, { method: 'POST', headers, body })
}

test("AWS's own clients learn whose a key is, assume a role and list keys", async () => {
  const { manager, member, role } = emulator.principals
  const at = { endpoint: emulator.url, region: 'eu-central-1', maxAttempts: 1 }
  const sts = new STSClient({ ...at, credentials: manager })
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/keyferry',
  })
  const session = { RoleArn: role.arn, RoleSessionName: 'keyferry', DurationSeconds: 900 }
  const { Credentials } = await sts.send(new AssumeRoleCommand({ ...session, ExternalId: role.externalId }))
  const temporary = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  }
  expect(Credentials?.Expiration?.getTime()).toBeGreaterThan(Date.now())
  const assumed = new STSClient({ ...at, credentials: temporary })
  expect((await assumed.send(new GetCallerIdentityCommand({}))).Arn).toMatch(/:assumed-role\/keyferry\/keyferry$/)
  await expect(sts.send(new AssumeRoleCommand(session))).rejects.toMatchObject({ name: 'AccessDenied' })

  const kms = new KMSClient({ ...at, credentials: temporary })
  const first = await kms.send(new ListAliasesCommand({ Limit: 3 }))
  expect(first).toMatchObject({ Truncated: true, Aliases: [{ AliasName: 'alias/aws/ssm' }, {}, {}] })
  const rest = await kms.send(new ListAliasesCommand({ Limit: 3, Marker: first.NextMarker }))
  expect(rest).toMatchObject({ Truncated: false, Aliases: [{ AliasName: 'alias/keyferry-second' }] })
  const stranger = new STSClient({ ...at, credentials: { ...member, secretAccessKey: 'wrong' } })
  await expect(stranger.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
  for (const client of [sts, assumed, kms, stranger]) client.destroy()
})

test('anybody with a key learns whose it is, in JSON or in XML', async () => {
  const { manager, member } = emulator.principals
  expect(await (await call(manager, { Action: 'GetCallerIdentity' })).json()).toMatchObject({
    GetCallerIdentityResponse: {
      GetCallerIdentityResult: { Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/keyferry' },
    },
  })
  const answer = await call(member, { Action: 'GetCallerIdentity' }, '*/*')
  expect(answer.headers.get('content-type')).toBe('text/xml')
  expect(await answer.text()).toContain('<Arn>arn:aws:iam::123456789012:user/member</Arn>')
})

test('a role is assumed by a caller that it trusts, for as long as the session lasts', async () => {
  const { manager, member, role } = emulator.principals
  const form = {
    Action: 'AssumeRole',
    RoleArn: role.arn,
    RoleSessionName: 'keyferry',
    DurationSeconds: '900',
    ExternalId: role.externalId,
  }
  const xml = await (await call(manager, form, 'text/xml')).text()
  const element = (name: string): string => new RegExp(`<${name}>(.+)</${name}>`).exec(xml)?.[1] ?? ''
  const credentials = {
    accessKeyId: element('AccessKeyId'),
    secretAccessKey: element('SecretAccessKey'),
    sessionToken: element('SessionToken'),
  }
  const client = new SSMClient({ endpoint: emulator.url, region: 'eu-central-1', credentials, maxAttempts: 1 })
  const list = new GetParametersByPathCommand({ Path: '/app/prod/' })
  expect((await client.send(list)).Parameters).toEqual([])
  emulator.principals.expireSessions()
  await expect(client.send(list)).rejects.toMatchObject({ name: 'ExpiredTokenException' })
  client.destroy()

  for (const [key, wrong] of [
    [member, form],
    [manager, { ...form, ExternalId: 'another' }],
    [manager, { ...form, RoleArn: `${role.arn}-of-nobody` }],
  ] as const) {
    const refused = await call(key, wrong)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ Error: { Code: 'AccessDenied' } })
  }
  expect((await call(manager, { ...form, DurationSeconds: '60' })).status).toBe(400)
  expect(await (await call({ ...manager, secretAccessKey: 'wrong' }, form, 'text/xml')).text()).toContain(
    '<Code>SignatureDoesNotMatch</Code>',
  )
  expect(await (await call({ ...manager, accessKeyId: 'AKIANOBODY' }, form)).json()).toMatchObject({
    Error: { Code: 'InvalidClientTokenId' },
  })
})
