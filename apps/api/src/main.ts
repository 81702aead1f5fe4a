/** API and console of a fleet, without a worker: those run as processes of their own, on the same Postgres. */
import { StartupError, openRuntime, readEnv, runProcess, serveMonitoring } from '@keyferry/runtime'
import { serve } from './serve.ts'

await runProcess(async () => {
  const env = readEnv(process.env)
  if (env.DATABASE_URL === undefined) {
    throw new StartupError(
      'An API process of its own needs DATABASE_URL=postgres://…: without it the store and the queue live inside the one process that `pnpm start` runs, worker included.',
    )
  }
  const instance = await openRuntime(env)
  const monitoring = await serveMonitoring(instance.monitoring, env)
  const [serving] = await Promise.all([serve(instance, env), instance.jobs.start()])
  instance.ctx.log.info({ url: serving.url }, 'api ready')
  if (serving.setup) {
    const { link, code } = serving.setup
    instance.ctx.log.warn({ link, code }, 'nothing is set up yet: open the link to create the first account')
  }
  return {
    async stop() {
      await serving.stop()
      await monitoring?.stop()
      await instance.close()
    },
  }
})
