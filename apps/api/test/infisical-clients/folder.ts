/**
 * The store that the corpus is replayed against: one project with a folder in which a key is in two imports, in the
 * folder and its import, and in an import of an import, so that each rule of merging gets its chance to be wrong; and a
 * machine that signs in every way.
 */
import type { TokenIssuer } from '../../src/testing-issuer.ts'
import { ACCOUNT, type TestApi } from '../../src/testing.ts'

/** The folder's own secrets, references replaced. */
export const OWN = { OWN: 'own', TOP: 'top', REF: 'x-top' }
/** Every value of the folder. */
export const FOLDER = { ...OWN, KEY: 'from-high', LOW: 'low', HIGH: 'high', DEEP: 'deep' }

const SECRETS: Record<string, Record<string, string>> = {
  '/': { OWN: 'own', TOP: 'top', REF: 'x-${TOP}' },
  '/low': { OWN: 'from-low', KEY: 'from-low', LOW: 'low' },
  '/high': { OWN: 'from-high', KEY: 'from-high', HIGH: 'high' },
  '/deep': { KEY: 'from-deep', HIGH: 'from-deep', DEEP: 'deep' },
}
/** Later imports win. */
const IMPORTS: [from: string, to: string][] = [
  ['/low', '/'],
  ['/high', '/'],
  ['/deep', '/high'],
]

/** Makes the store; the variables of the corpus' requests. */
export async function makeFolder(api: TestApi, issuer: TokenIssuer): Promise<Record<string, string>> {
  const post = async (url: string, body: object) => {
    const answer = await api.send('POST', url, body)
    if (answer.status !== 200) throw new Error(`${url}: ${answer.text}`)
    return answer.body
  }
  const { project } = await post('/api/v1/projects', { projectName: 'Web shop' })
  const at = { projectId: project.id, environment: 'dev' }
  for (const [secretPath, secrets] of Object.entries(SECRETS)) {
    if (secretPath !== '/') await post('/api/v2/folders', { ...at, path: '/', name: secretPath.slice(1) })
    const all = Object.entries(secrets).map(([secretKey, secretValue]) => ({ secretKey, secretValue }))
    await post('/api/v4/secrets/batch', { ...at, secretPath, secrets: all })
  }
  for (const [from, path] of IMPORTS)
    await post('/api/v2/secret-imports', { ...at, path, import: { environment: 'dev', path: from } })

  const { identity } = await post('/api/v1/identities', { name: 'machine', role: 'admin' })
  const attach = (method: string, settings: object) =>
    post(`/api/v1/auth/${method}/identities/${identity.id}`, settings)
  const { clientId } = (await attach('universal-auth', {})).identityUniversalAuth
  const { clientSecret } = await post(`/api/v1/auth/universal-auth/identities/${identity.id}/client-secrets`, {})
  const bound = { boundIssuer: issuer.url, boundAudiences: 'keyferry', boundSubject: 'repo:acme/shop:*' }
  await attach('oidc-auth', { ...bound, oidcDiscoveryUrl: issuer.url })
  await attach('jwt-auth', { ...bound, configurationType: 'jwks', jwksUrl: `${issuer.url}/keys` })
  await attach('kubernetes-auth', {
    kubernetesHost: issuer.url,
    allowedNamespaces: 'shop',
    allowedNames: 'deploy',
    allowedAudience: '',
  })
  return {
    projectId: project.id,
    projectSlug: project.slug,
    organizationId: project.orgId,
    clientId,
    clientSecret,
    identityId: identity.id,
    issuer: issuer.url,
    oidcJwt: await issuer.sign({ sub: 'repo:acme/shop:environment:prod', aud: 'keyferry' }),
    kubernetesJwt: await issuer.sign({ sub: 'system:serviceaccount:shop:deploy', aud: 'the cluster' }),
    email: ACCOUNT.email,
    password: ACCOUNT.password,
  }
}
