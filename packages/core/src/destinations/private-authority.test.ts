/** Hosts inside a company or a cluster have certificates of an authority of their own: the connection names it. */
import { request } from 'node:http'
import { createServer, type Server } from 'node:https'
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sessionTo } from './conformance/reconciler.ts'
import { startEmulator as startVault, type VaultEmulator } from './hashicorp-vault/emulator/index.ts'
import vault from './hashicorp-vault/index.ts'
import { type KubernetesEmulator, startEmulator as startKubernetes } from './kubernetes/emulator/index.ts'
import kubernetes from './kubernetes/index.ts'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const VALID = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) }
const newKeys = () => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

interface Authority {
  certificate: X509Certificate
  keys: Awaited<ReturnType<typeof newKeys>>
}

async function newAuthority(name: string): Promise<Authority> {
  const keys = await newKeys()
  const extensions = [new BasicConstraintsExtension(true, undefined, true)]
  const subject = { name: `CN=${name}`, keys, extensions, signingAlgorithm: ALGORITHM, ...VALID }
  return { keys, certificate: await X509CertificateGenerator.createSelfSigned(subject) }
}

/** `url` behind TLS, with a certificate of the authority for `name`. */
async function behindTls(url: string, authority: Authority, name: { type: 'ip' | 'dns'; value: string }) {
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=server',
    issuer: authority.certificate.subject,
    signingKey: authority.keys.privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: ALGORITHM,
    extensions: [new SubjectAlternativeNameExtension([name])],
    ...VALID,
  })
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const label = 'PRIVATE KEY'
  const pem = `-----BEGIN ${label}-----\n${key}\n-----END ${label}-----\n`
  const server = createServer({ key: pem, cert: certificate.toString('pem') }, (incoming, response) => {
    const { method, headers, url: path } = incoming
    const outgoing = request(new URL(path ?? '/', url), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    incoming.pipe(outgoing)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  const address = server.address()
  return `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

const servers: Server[] = []
const LOOPBACK = { type: 'ip', value: '127.0.0.1' } as const
let ours: Authority
let other: Authority
let cluster: KubernetesEmulator
let store: VaultEmulator
beforeAll(async () => {
  ;[ours, other, cluster, store] = await Promise.all([
    newAuthority('ours'),
    newAuthority('other'),
    startKubernetes(),
    startVault({ method: 'app-role' }),
  ])
})
afterAll(async () => {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
  await Promise.all([cluster.close(), store.close()])
})

const pemOf = ({ certificate }: Authority): string => certificate.toString('pem')

test('a host is called when its certificate is of the authority that the connection names, and by no other', async () => {
  const instanceUrl = await behindTls(cluster.url, ours, LOOPBACK)
  const check = (caCertificate?: string) =>
    kubernetes.connection.check(sessionTo(kubernetes, { ...cluster.credentials, instanceUrl, caCertificate }))
  expect(await check(pemOf(ours))).toEqual({ label: 'system:serviceaccount:apps:keyferry' })
  expect(await check(`${pemOf(other)}\n${pemOf(ours)}`)).toEqual({ label: 'system:serviceaccount:apps:keyferry' })
  const calls = cluster.log.length
  for (const wrong of [undefined, '', pemOf(other)]) {
    await expect(check(wrong)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/certificate/i),
    })
  }
  const elsewhere = await behindTls(cluster.url, ours, { type: 'dns', value: 'elsewhere.example.com' })
  await expect(
    kubernetes.connection.check(
      sessionTo(kubernetes, { ...cluster.credentials, instanceUrl: elsewhere, caCertificate: pemOf(ours) }),
    ),
  ).rejects.toMatchObject({ kind: 'unavailable' })
  expect(cluster.log.length).toBe(calls)
})

test('the login for a token trusts the same authority', async () => {
  const instanceUrl = await behindTls(store.url, ours, LOOPBACK)
  const credentials = { ...store.appRole, instanceUrl, caCertificate: pemOf(ours) }
  expect(await vault.connection.check(sessionTo(vault, credentials, {}, 'app-role'))).toEqual({ label: 'approle' })
  const without = sessionTo(vault, { ...store.appRole, instanceUrl }, {}, 'app-role')
  await expect(vault.connection.check(without)).rejects.toMatchObject({ kind: 'unavailable' })
})

test.for(['no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
  '%j is refused as a certificate',
  (caCertificate) => {
    const { credentials } = kubernetes.connection.methods['service-account-token']
    const parsed = credentials.safeParse({ instanceUrl: 'https://c.example.com', token: 't', caCertificate })
    expect(parsed.error?.issues[0]?.path).toEqual(['caCertificate'])
  },
)
