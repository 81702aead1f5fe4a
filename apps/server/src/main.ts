/** `pnpm start`: the whole of Keyferry in one process. */
import { readEnv, runProcess } from '@keyferry/runtime'
import { announcer } from './announce.ts'
import { startKeyferry } from './start.ts'

await runProcess(async () => {
  const env = readEnv(process.env)
  const announce = announcer(env)
  const running = await startKeyferry(env)
  announce.serving(running)
  return {
    async stop() {
      announce.stopping()
      await running.stop()
      announce.stopped()
    },
  }
})
