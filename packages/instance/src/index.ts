export { CannotStart } from './cannot-start.ts'
export { readEnv, type Env } from './env.ts'
export { openInstance, type Instance } from './open.ts'
export { runProcess, type Service } from './run-process.ts'
