export { createAuth, migrateAuth, type Auth, type AuthOptions } from './auth.ts'
