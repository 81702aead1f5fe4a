/** Contexts and syncs for tests. */
export { startFerry } from './ferry.ts'
export { receiveMail, receiveWebhooks } from './notices.ts'
export { testContext, type TestContext } from './test-context.ts'
