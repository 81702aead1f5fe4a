/** Contexts and syncs for tests. */
export { startSyncFixture } from './sync-fixture.ts'
export { receiveMail, receiveWebhooks } from './notices.ts'
export { testContext, type TestContext } from './test-context.ts'
