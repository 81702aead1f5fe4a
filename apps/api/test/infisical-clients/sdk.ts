/** Infisical's own TypeScript client, unmodified, for everything that exists here. */
import { InfisicalSDK } from '@infisical/sdk'
import { beforeAll, expect, it } from 'vitest'
import type { Started } from './started.ts'

export function sdkRuns(started: Started): void {
  let sdk: InfisicalSDK
  beforeAll(() => {
    sdk = new InfisicalSDK({ siteUrl: started.url }).auth().accessToken(started.api.token)
  })

  it('makes a project, an environment, a folder and secrets, and reads them back', async () => {
    const project = await sdk
      .projects()
      .create({ projectName: 'Shop', type: 'secret-manager', projectDescription: 'made by the SDK' })
    const projectId = project.id
    const environment = await sdk.environments().create({ projectId, name: 'Quality', slug: 'qa' })
    expect(environment).toMatchObject({ name: 'Quality', slug: 'qa' })
    const at = { projectId, environment: 'qa' }
    const folder = await sdk.folders().create({ ...at, name: 'api', path: '/' })
    expect(folder.name).toBe('api')
    expect(await sdk.folders().listFolders({ ...at, path: '/', recursive: true })).toMatchObject([{ id: folder.id }])

    const inFolder = { ...at, secretPath: '/api' }
    const created = await sdk
      .secrets()
      .createSecret('HOST', { ...inFolder, secretValue: 'localhost', secretComment: 'here' })
    expect(created.secret).toMatchObject({ secretKey: 'HOST', secretValue: 'localhost', secretComment: 'here' })
    await sdk.secrets().createSecret('URL', { ...inFolder, secretValue: 'http://${HOST}/' })
    expect((await sdk.secrets().getSecret({ ...inFolder, secretName: 'URL' })).secretValue).toBe('http://localhost/')
    const raw = await sdk.secrets().getSecret({ ...inFolder, secretName: 'URL', expandSecretReferences: false })
    expect(raw.secretValue).toBe('http://${HOST}/')

    const changed = await sdk
      .secrets()
      .updateSecret('HOST', { ...inFolder, secretValue: 'example.com', newSecretName: 'SERVER' })
    expect(changed.secret).toMatchObject({ secretKey: 'SERVER', secretValue: 'example.com' })
    const { secrets } = await sdk.secrets().listSecrets({ ...inFolder, expandSecretReferences: false })
    expect(secrets.map((secret) => secret.secretKey).sort()).toEqual(['SERVER', 'URL'])
    await sdk.secrets().deleteSecret('SERVER', inFolder)
    expect((await sdk.secrets().listSecrets({ ...inFolder, expandSecretReferences: false })).secrets).toHaveLength(1)
  })

  it('reads imports with the priority that syncs use: the last import wins', async () => {
    const { id: projectId } = await sdk.projects().create({ projectName: 'Imports', type: 'secret-manager' })
    await sdk.secrets().createSecret('OWN', { projectId, environment: 'dev', secretValue: 'dev' })
    for (const environment of ['staging', 'prod']) {
      for (const name of ['REGION', 'OWN'])
        await sdk.secrets().createSecret(name, { projectId, environment, secretValue: environment })
      await started.api.send('POST', '/api/v2/secret-imports', {
        projectId,
        environment: 'dev',
        path: '/',
        import: { environment, path: '/' },
      })
    }
    const secrets = await sdk
      .secrets()
      .listSecretsWithImports({ projectId, environment: 'dev', expandSecretReferences: true })
    const values = new Map(secrets.map(({ secretKey, secretValue }) => [secretKey, secretValue]))
    expect(values).toEqual(
      new Map([
        ['OWN', 'dev'],
        ['REGION', 'prod'],
      ]),
    )
  })

  it('shows what went wrong in words', async () => {
    const { id: projectId } = await sdk.projects().create({ projectName: 'Errors', type: 'secret-manager' })
    await expect(sdk.secrets().getSecret({ projectId, environment: 'nope', secretName: 'A' })).rejects.toThrow(/nope/)
    await expect(sdk.secrets().getSecret({ projectId, environment: 'dev', secretName: 'MISSING' })).rejects.toThrow(
      /MISSING/,
    )
  })
}
