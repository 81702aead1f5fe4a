#!/usr/bin/env node
import module from 'node:module'

// Before anything else is loaded: a command takes about as long as its modules take to compile.
// Node 20 has none.
module.enableCompileCache?.()
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Its reader has enough, as `head` does.
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`error: The output can't be written, so it is not complete: ${error.message}\n`)
  process.exit(1)
})
// What it says beside its result has no reader, or no room: the exit code says how it ended.
process.stderr.on('error', () => {})
const { run } = await import('./program.ts')
process.exitCode = await run(process.argv.slice(2), process.env, process)
