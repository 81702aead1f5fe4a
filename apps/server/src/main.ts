/** `pnpm start`: the whole of Keyferry in one process. */
import { readEnv, runProcess } from '@keyferry/runtime'
import { startKeyferry } from './start.ts'

await runProcess(async () => {
  const running = await startKeyferry(readEnv(process.env))
  console.log(`Keyferry serves on ${running.url}`)
  if (running.setup) {
    console.log(`Open ${running.setup.link} to create the first account (setup code ${running.setup.code})`)
  }
  return running
})
