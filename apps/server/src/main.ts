/** `pnpm start`: the whole of Keyferry in one process. */
import { readEnv, runProcess } from '@keyferry/runtime'
import { banner } from './banner.ts'
import { startKeyferry } from './start.ts'

await runProcess(async () => {
  const env = readEnv(process.env)
  const running = await startKeyferry(env)
  console.log(banner(running, env))
  return {
    async stop() {
      console.log('Stopping after the running syncs. Press Ctrl-C again to stop immediately.')
      await running.stop()
      console.log('Keyferry stopped. What was not synced yet is synced after the next start.')
    },
  }
})
