import { twoFactorClient } from 'better-auth/client/plugins'
import { createAuthClient } from 'better-auth/react'

export const auth = createAuthClient({ basePath: '/api/auth', plugins: [twoFactorClient()] })
