import { serve } from '@keyferry/api/serve'
import { openInstance, type Env, type Service } from '@keyferry/instance'
import { startWorker } from '@keyferry/worker'

export interface Running extends Service {
  /** Where it serves, such as `http://127.0.0.1:4400`. */
  url: string
  /** False until the first account exists. */
  initialized: boolean
}

/** API, console and worker in this process, on SQLite or on the Postgres of `DATABASE_URL`. Throws `CannotStart`. */
export async function startKeyferry(env: Env): Promise<Running> {
  const instance = await openInstance(env, { makeKey: true })
  // The queue takes a moment to open; requests need not wait for it.
  const [serving, worker] = await Promise.allSettled([serve(instance, env), startWorker(instance)])
  const stop = async (): Promise<void> => {
    if (serving.status === 'fulfilled') await serving.value.stop()
    if (worker.status === 'fulfilled') await worker.value.stop()
    await instance.close()
  }
  if (serving.status === 'rejected' || worker.status === 'rejected') {
    await stop()
    throw failureOf(serving) ?? failureOf(worker)
  }
  const organization = await instance.ctx.db.selectFrom('organizations').select('id').executeTakeFirst()
  return { url: serving.value.url, initialized: organization !== undefined, stop }
}

const failureOf = (settled: PromiseSettledResult<unknown>): unknown =>
  settled.status === 'rejected' ? settled.reason : undefined
