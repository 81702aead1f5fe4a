import { serve, type Serving } from '@keyferry/api/serve'
import { openRuntime, serveMonitoring, type Env, type OpenOptions } from '@keyferry/runtime'
import { startWorker } from '@keyferry/worker'

export type Running = Serving

/** API, console and worker in this process, on SQLite or on the Postgres of `DATABASE_URL`. Throws `StartupError`. */
export async function startKeyferry(env: Env, options: Pick<OpenOptions, 'scryptCost'> = {}): Promise<Running> {
  const instance = await openRuntime(env, options)
  // The queue takes a moment to open; requests need not wait for it.
  const [serving, worker, monitoring] = await Promise.allSettled([
    serve(instance, env),
    startWorker(instance),
    serveMonitoring(instance.monitoring, env),
  ])
  const stop = async (): Promise<void> => {
    if (serving.status === 'fulfilled') await serving.value.stop()
    if (worker.status === 'fulfilled') await worker.value.stop()
    if (monitoring.status === 'fulfilled') await monitoring.value?.stop()
    await instance.close()
  }
  if (serving.status === 'rejected' || worker.status === 'rejected' || monitoring.status === 'rejected') {
    await stop()
    throw failureOf(serving) ?? failureOf(worker) ?? failureOf(monitoring)
  }
  return { ...serving.value, stop }
}

const failureOf = (settled: PromiseSettledResult<unknown>): unknown =>
  settled.status === 'rejected' ? settled.reason : undefined
