/**
 * The words of Keyferry as zod schemas: inputs and outputs of every procedure.
 * Pure data, no I/O, so the API, the console and other services share one definition.
 */
export * from './access.ts'
export * from './audit.ts'
export * from './connections.ts'
export * from './destinations.ts'
export * from './error-codes.ts'
export * from './federated-auth.ts'
export * from './identities.ts'
export * from './instance.ts'
export * from './names.ts'
export * from './notices.ts'
export * from './plan-reasons.ts'
export * from './projects.ts'
export * from './roles.ts'
export * from './secrets.ts'
export * from './sync-messages.ts'
export * from './syncs.ts'
export * from './tree.ts'
export * from './utf8.ts'
export * from './visible-text.ts'
