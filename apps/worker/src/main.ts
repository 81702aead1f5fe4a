/** A worker of a fleet: takes the jobs that the API's processes send, over the same Postgres. */
import { StartupError, openRuntime, readEnv, runProcess, serveMonitoring } from '@keyferry/runtime'
import { startWorker } from './worker.ts'

/** Runs that are due at once may need more connections than there are. Each is better late than tried again. */
const CONNECTION_TIMEOUT_MS = 60_000

await runProcess(async () => {
  const env = readEnv(process.env)
  if (env.DATABASE_URL === undefined) {
    throw new StartupError(
      'A worker of its own needs DATABASE_URL=postgres://…: without it the store and the queue live inside the one process that `pnpm start` runs, worker included.',
    )
  }
  const instance = await openRuntime(env, { connectionTimeoutMs: CONNECTION_TIMEOUT_MS })
  const monitoring = await serveMonitoring(instance.monitoring, env)
  const worker = await startWorker(instance)
  instance.ctx.log.info({ metricsPort: monitoring?.port }, 'worker ready')
  return {
    async stop() {
      await worker.stop()
      await monitoring?.stop()
      await instance.close()
    },
  }
})
