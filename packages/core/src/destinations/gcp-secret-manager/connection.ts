import { defineConnection } from '../connection.ts'
import { tokenAuthorization } from '../shared/http/token-source.ts'
import { gcpMethods } from './credentials.ts'
import { meaningOf } from './errors.ts'
import { HOSTS, secretsHost } from './hosts.ts'
import { readKey } from './key-file.ts'
import { fetchToken } from './tokens.ts'

export const gcpConnection = defineConnection({
  app: 'gcp',
  title: 'Google Cloud',
  methods: gcpMethods,
  baseUrl: (credentials) => secretsHost(credentials, null),
  hosts: ({ endpointUrl }) => (endpointUrl === undefined ? HOSTS : []),
  authorization: (credentials, door) => tokenAuthorization(credentials, () => fetchToken(credentials, door)),
  classify: meaningOf,
  async check({ credentials, http }) {
    await fetchToken(credentials, http)
    const { client_email: own } = readKey(credentials.serviceAccountKey)
    return { label: credentials.method === 'service-account-key' ? own : credentials.serviceAccountEmail }
  },
})
